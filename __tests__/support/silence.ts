// Keeps cdktf from asking the network for a newer version of itself.
process.env.CHECKPOINT_DISABLE = "1";
process.env.DISABLE_VERSION_CHECK = "1";
