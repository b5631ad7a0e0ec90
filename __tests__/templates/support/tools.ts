import { spawnSync } from "node:child_process";

/** Programs outside of node_modules that these suites need, how to look for each and how to get it. */
const TOOLS = {
  shellcheck: { probe: ["shellcheck", "--version"], enable: "apt-get install shellcheck" },
  "cloud-init": { probe: ["cloud-init", "--version"], enable: "apt-get install cloud-init" },
  "systemd-analyze": { probe: ["systemd-analyze", "--version"], enable: "apt-get install systemd" },
  jq: { probe: ["jq", "--version"], enable: "apt-get install jq" },
  ncat: { probe: ["ncat", "--version"], enable: "apt-get install ncat" },
  "mount namespaces": {
    probe: ["unshare", "--map-root-user", "--mount", "true"],
    enable: "Linux, as root or with unprivileged user namespaces",
  },
} as const;

/** A suite that needs tools: without one it is skipped and says so; with CI=true it fails. */
export function describeWith(tools: readonly (keyof typeof TOOLS)[], name: string, suite: () => void): void {
  const missing = tools.filter((tool) => {
    const [command, ...args] = TOOLS[tool].probe;
    return spawnSync(command, args, { timeout: 60_000 }).status !== 0;
  });
  if (missing.length === 0) {
    describe(name, suite);
    return;
  }
  const reason = missing.map((tool) => `${tool} is missing (${TOOLS[tool].enable})`).join(", ");
  if (process.env.CI === "true") {
    describe(name, () => {
      it("has what it needs", () => {
        throw new Error(reason);
      });
    });
    return;
  }
  describe.skip(`${name}: skipped, ${reason}`, suite);
}
