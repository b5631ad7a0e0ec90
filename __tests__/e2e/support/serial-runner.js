const { default: TestRunner } = require("jest-runner");

/** Runs the suites one after the other: each has its own terraform, provider processes and AWS server. */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
