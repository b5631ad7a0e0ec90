// The processes of a run all load this before their programs (`node --require`), and so do their threads; one of them is the nodes'.
const { argv } = require("node:process");
const { isMainThread } = require("node:worker_threads");

if (isMainThread && argv[1]?.endsWith("host.ts")) {
  require("tsx/cjs");
  require("./broken-node");
}
