import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { App } from "cdktf";
import { lockName } from "../../../lab/deployed/run-lock";
import { NO_FAULT } from "../../../model";
import { EvenSplit } from "../../../scenarios";
import { eventually } from "../../rehearsal/support/real-client";
import { describeWith } from "../../support/requirements";
import { Cdktf } from "../support/cdktf";
import { stretch } from "../support/stretch";
import { Terraform } from "../support/terraform";
import { Operator } from "../support/twin/operator";
import { StretchProcess } from "../support/twin/stretch-process";
import { Twin } from "../support/twin/twin";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const OPEN = { ...NO_FAULT, clientsLose: {} };

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "stretch run --live on plain HCL on the twin of AWS",
  () => {
    const scratch = mkdtempSync(join(tmpdir(), "stretch-troubles-"));
    const processes: StretchProcess[] = [];
    let twin: Twin;
    let cdktf: Cdktf;
    let terraform: Terraform;
    let operator: Operator;
    let metadata: string;
    let bucket: string;

    beforeAll(async () => {
      twin = await Twin.start(new EvenSplit(new App(), "even-split").clusters[0].topology());
      operator = new Operator(twin);
      cdktf = new Cdktf(twin.moto);
      await cdktf.synth("--hcl");
      const dir = cdktf.stackDir("even-split");
      metadata = join(dir, "metadata.json");
      terraform = new Terraform(dir, twin.moto);
      await terraform.init();
      await terraform.apply();
      bucket = (await terraform.output()).results_bucket;
    });
    afterAll(async () => {
      processes.forEach((one) => one.signal("SIGKILL"));
      await twin?.stop();
      cdktf?.remove();
      rmSync(scratch, { recursive: true, force: true });
    });

    /** `stretch ARGS --live` on the folder, from one that has no app. */
    const begin = (args: readonly string[]) => {
      const one = new StretchProcess([...args, "--live", "--dir", terraform.dir], twin.moto.env, scratch);
      processes.push(one);
      return one;
    };

    const lock = () =>
      new SSMClient(twin.moto.client(LONDON))
        .send(new GetParameterCommand({ Name: lockName({ bucket, region: LONDON }) }))
        .then(
          ({ Parameter }) => Parameter!.Value,
          () => undefined,
        );
    const units = async (unit: string) =>
      Promise.all(
        [...twin.topology.nodes.map(({ id }) => id), LONDON, PARIS].map((of) =>
          operator.run(of, `systemctl is-active ${unit} || true`),
        ),
      );

    /** Nothing of a run is left: no entry, schedule, lock, lock of the state, or program on a host. */
    const nothingLeft = async () => {
      expect(twin.networks).toEqual(OPEN);
      expect(await twin.scheduler.waiting()).toEqual([]);
      expect(await lock()).toBeUndefined();
      expect((await terraform.plan()).changes).toEqual([]);
      for (const unit of ["stretch-recorder", "stretch-lab-clients"]) {
        await eventually(
          () => units(unit),
          (states) => states.every((state) => state === "inactive"),
          30_000,
        );
      }
    };

    it("knows the stack by the app where the folder has no metadata, and says so where neither is there", async () => {
      renameSync(metadata, `${metadata}.away`);
      try {
        for (const command of ["status", "recover"]) {
          const { code, stdout } = await stretch(twin.moto, [
            ...[command, "even-split", "--live", "--dir", terraform.dir],
          ]);
          expect({ code, stdout }).toEqual({
            code: 0,
            stdout: expect.stringContaining(command === "status" ? "6 of 6 nodes" : "proposes: "),
          });
        }
        const { code, text } = await begin(["status", "another-stack"]).ended;
        expect(code).toBe(2);
        expect(text).toContain("another-stack");
      } finally {
        renameSync(`${metadata}.away`, metadata);
      }
    });

    it("ends at Ctrl-C before anything was broken, and gives the lock back", async () => {
      const going = begin(["run", "--yes", "--out", join(scratch, "out")]);
      await going.says(/Planning without a fault/);
      going.signal("SIGINT");
      const { code, text } = await going.ended;
      expect({ code, text }).toEqual({
        code: 130,
        text: expect.stringContaining("stretch: Interrupted by SIGINT. Nothing was broken."),
      });
      await nothingLeft();
    });
  },
);
