const { projects, ...rest } = require("./jest.config.js");

/** Experiments on the twin of AWS that take too long for every run: `npm run test:live`. */
module.exports = {
  ...rest,
  projects: projects
    .filter(({ displayName }) => displayName === "e2e")
    .map((project) => ({
      ...project,
      displayName: "live",
      testMatch: ["<rootDir>/__tests__/e2e/live/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/"],
    })),
};
