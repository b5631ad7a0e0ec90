const { TestEnvironment } = require("jest-environment-node");

/**
 * For test files that use the real client (`@jest-environment` in their first comment): its native part can be set up
 * only once in a process, while jest loads every module anew for each file. So it is loaded out here, once.
 */
module.exports = class RealClientEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    try {
      this.global.aerospike = require("aerospike");
    } catch {
      // Suites that need it are skipped, and told with the reason: see requirements.ts.
    }
  }
};
