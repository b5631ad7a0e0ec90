import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import type { TerraformStack } from "cdktf";
import { cluster } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("the readiness gate", () => {
  const template = Template.of((stack) => cluster(stack, { readinessGate: true }));
  const gate = template.only("null_resource");
  const [provisioner] = gate.provisioner.map((p: Record<string, unknown>) => p["local-exec"]);

  it("is not there unless asked for, nor its provider", () => {
    const without = Template.of((stack) => cluster(stack));
    expect(without.resources("null_resource")).toEqual([]);
  });

  it("shares the stack's null provider, made before it or later", () => {
    expect(template.providersOf("null")).toEqual([{}]);
    const gated = (stack: TerraformStack) => cluster(stack, { readinessGate: true });
    const own = (stack: TerraformStack) => new NullProvider(stack, "null");
    for (const parts of [
      [own, gated],
      [gated, own],
    ]) {
      const shared = Template.of((stack) => parts.forEach((make) => make(stack)));
      expect(shared.providersOf("null")).toEqual([{}]);
      expect(shared.only("null_resource").provider).toBe("null");
    }
  });

  it("leaves a null provider with an alias alone", () => {
    const beside = Template.of((stack) => {
      new NullProvider(stack, "null", { alias: "mine" });
      cluster(stack, { readinessGate: true });
    });
    expect(beside.providersOf("null")).toEqual([{ alias: "mine" }, {}]);
  });

  it("asks again when an instance is replaced", () => {
    expect(gate.triggers.instances.match(/aws_instance\./g)).toHaveLength(6);
  });

  it("asks the first node through SSM for a cluster of all nodes", () => {
    expect(provisioner.environment).toEqual({
      REGION: "eu-west-2",
      INSTANCE: expect.stringMatching(/aws_instance\.cluster_rack-32-node-1-a.*\.id/),
      NODES: "6",
      TIMEOUT_MINUTES: "20",
    });
  });

  describe("its script", () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), "stretch-gate-"));
    });
    afterEach(() => {
      rmSync(dir, { recursive: true, force: true });
    });

    /** Runs the script as Terraform would, with a stand-in for the aws command that answers `answer`. */
    function run(answer: string, timeoutMinutes: string) {
      const aws = [
        "#!/bin/bash",
        `echo "$@" >> ${dir}/asked`,
        'case "$2" in',
        "  send-command) echo c-1 ;;",
        `  get-command-invocation) printf '%s\\n' '${answer}' ;;`,
        "esac",
      ].join("\n");
      writeFileSync(join(dir, "aws"), aws);
      chmodSync(join(dir, "aws"), 0o755);
      const command = provisioner.command.replaceAll("$${", "${");
      return spawnSync("bash", ["-c", command], {
        encoding: "utf8",
        timeout: 20_000,
        env: {
          PATH: `${dir}:${process.env.PATH}`,
          REGION: "eu-west-2",
          INSTANCE: "i-1",
          NODES: "6",
          TIMEOUT_MINUTES: timeoutMinutes,
        },
      });
    }

    it("ends well when a cluster key comes back", () => {
      const { status, stdout } = run("86837157EF24", "1");
      expect(stdout).toContain("answers with all its 6 nodes (cluster key 86837157EF24)");
      expect(status).toBe(0);
    });

    it("fails in time, saying what the node said last", () => {
      const { status, stderr } = run("ERROR:7:cluster not specified size", "0");
      expect(status).toBe(1);
      expect(stderr).toContain("within 0 minutes");
    });
  });
});
