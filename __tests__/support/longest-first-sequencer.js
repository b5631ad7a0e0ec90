const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/** Suites that take minutes, the longest first: on a fresh clone jest knows no times, and one that begins last is waited for alone. */
const LONG = [
  "twin",
  "scenarios",
  "cut-methods",
  "examples",
  "heal",
  "cdktf-command",
  "package",
  "stories",
  "even-split",
  "sweep",
  "broken-clusters",
  "explorer",
  "article",
  "checkov",
  "egress",
  "secrets",
  "hcl",
  "fault-to-fault",
  "report",
  "live",
];

function rank({ path }) {
  const place = path.includes("/e2e/") ? LONG.indexOf(basename(path, ".test.ts")) : -1;
  return place === -1 ? LONG.length : place;
}

module.exports = class LongestFirstSequencer extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
