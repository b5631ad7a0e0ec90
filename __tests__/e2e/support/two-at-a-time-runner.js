const { default: TestRunner } = require("jest-runner");

/** Runs two suites side by side, no more: each has its own terraform, provider processes (0.6 GiB each) and AWS server. */
module.exports = class TwoAtATimeRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: Math.min(globalConfig.maxWorkers, 2) }, context);
  }
};
