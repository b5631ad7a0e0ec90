/** The tag that only our constructs set, on all that they make: `STACK/DEPLOYMENT`, the id being that of one deployment. */
export const OWN_TAG = "cdktf-stretch-cluster";
