/** @type {import("jest").Config} */
const shared = {
  testEnvironment: "node",
  transform: {
    "/pages/drawings/d3\\.ts$": "<rootDir>/__tests__/support/bundle-transform.js",
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
  },
  setupFiles: ["<rootDir>/__tests__/support/silence.ts"],
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
};

module.exports = {
  // By default jest leaves one processor idle, half of a small machine.
  maxWorkers: "100%",
  // A busy machine loads a stack in more than the five seconds of the default.
  testTimeout: 60_000,
  testSequencer: "<rootDir>/__tests__/support/longest-first-sequencer.js",
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts", "<rootDir>/__tests__/**/*.test.tsx"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/e2e/"],
    },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["<rootDir>/__tests__/e2e/**/*.test.ts"],
      // Those that `npm run test:live` runs.
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/e2e/live/"],
      runner: "<rootDir>/__tests__/e2e/support/two-at-a-time-runner.js",
      setupFilesAfterEnv: ["<rootDir>/__tests__/e2e/support/setup.ts"],
    },
  ],
};
