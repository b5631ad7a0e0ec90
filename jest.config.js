/** @type {import("jest").Config} */
const shared = {
  testEnvironment: "node",
  transform: {
    "^.+\\.ts$": "@swc/jest",
    "^.+\\.tsx$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript", tsx: true },
          transform: { react: { runtime: "automatic", importSource: "preact" } },
        },
      },
    ],
    // d3 is of ES modules only.
    "node_modules/(d3-[a-z-]+|internmap)/.+\\.js$": "@swc/jest",
  },
  transformIgnorePatterns: ["/node_modules/(?!(d3-[a-z-]+|internmap)/)"],
  setupFiles: ["<rootDir>/__tests__/support/silence.ts"],
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
};

module.exports = {
  // By default jest leaves one processor idle, half of a small machine.
  maxWorkers: "100%",
  testSequencer: "<rootDir>/__tests__/support/longest-first-sequencer.js",
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/e2e/"],
    },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["<rootDir>/__tests__/e2e/**/*.test.ts"],
      runner: "<rootDir>/__tests__/e2e/support/two-at-a-time-runner.js",
      setupFilesAfterEnv: ["<rootDir>/__tests__/e2e/support/setup.ts"],
    },
  ],
};
