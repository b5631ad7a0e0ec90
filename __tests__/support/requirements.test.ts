import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { REPO } from "../e2e/support/environment";

/** Runs the suite that needs moto on a machine where the PATH leads nowhere. */
function runWithout(env: Record<string, string>) {
  const nowhere = mkdtempSync(path.join(tmpdir(), "stretch-nowhere-"));
  try {
    return spawnSync(
      process.execPath,
      [path.join(REPO, "node_modules/jest/bin/jest.js"), "__tests__/e2e/secret-create.test.ts"],
      { cwd: REPO, env: { PATH: nowhere, HOME: nowhere, ...env }, encoding: "utf8", timeout: 60_000 },
    );
  } finally {
    rmSync(nowhere, { recursive: true });
  }
}

jest.setTimeout(120_000);

describe("a suite that needs what the machine lacks", () => {
  it("is skipped, and named at the end with the reason and the command that enables it", () => {
    const { status, stderr } = runWithout({});
    expect(stderr).toMatch(
      /\nNot run, for want of something on this machine:\n {2}moto is missing \(spawnSync python3 ENOENT\)\. To enable: python3 -m pip install -r \.ci\/requirements\.txt\n {4}__tests__\/e2e\/secret-create\.test\.ts: stretch secret create\n$/,
    );
    expect(stderr).toMatch(/1 skipped/);
    expect(status).toBe(0);
  });

  it("fails with CI=true", () => {
    const { status, stderr } = runWithout({ CI: "true" });
    expect(stderr).toContain("● stretch secret create › has what it needs");
    expect(status).toBe(1);
  });
});
