// Each command has a limit of its own that shows what hung; jest's is only the last resort.
jest.setTimeout(15 * 60_000);
// The AWS SDK, which only tests use, warns of Node 20 at each start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
