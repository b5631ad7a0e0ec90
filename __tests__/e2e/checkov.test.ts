import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { scenarios } from "../../scenarios";
import { CHECKOV_EXCEPTIONS } from "./checkov-exceptions";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { run } from "./support/run";
import { SynthDir } from "./support/synth";
import { Terraform, type Variables } from "./support/terraform";

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  /** `/even-split.json` */
  readonly file_path: string;
}

const HEAL_AT = "2099-01-31T13:45:00Z";
/** Plans by name: of every scenario, and of a cut and an outage that end by themselves. */
const FAULTS: Readonly<Record<string, string>> = { "even-split": "split", "rack-failure": "rack-down" };
const names = [
  ...scenarios.map(({ name }) => name),
  ...Object.entries(FAULTS).map(([scenario, fault]) => `${scenario}-${fault}`),
];

describeWith(
  ["terraform", "moto", "checkov"],
  "checkov on the plan of every scenario, and of faults with an end",
  () => {
    let passed: readonly Check[];
    let failed: readonly Check[];

    // Plans first, then one run over all of them: checkov takes longer to start than to judge.
    beforeAll(async () => {
      const plans = mkdtempSync(path.join(tmpdir(), "stretch-checkov-"));
      const folder = new SynthDir();
      const moto = await Moto.start();
      try {
        for (const { name, build } of scenarios) {
          const terraform = new Terraform(folder.synth(name, build), moto);
          await terraform.init();
          const save = async (file: string, variables: Variables) => {
            const plan = await terraform.show(await terraform.plan(variables));
            writeFileSync(path.join(plans, `${file}.json`), JSON.stringify(plan));
          };
          await save(name, {});
          if (name in FAULTS)
            await save(`${name}-${FAULTS[name]}`, { fault: FAULTS[name], heal_at: HEAL_AT });
        }
        const files = names.flatMap((name) => ["--file", `${name}.json`]);
        const { stdout } = await run(
          "checkov",
          [...files, "--framework=terraform_plan", "--skip-download", "--compact", "--output=json"],
          { cwd: plans, env: moto.env, timeoutMs: 300_000, okCodes: [0, 1] },
        );
        const { results, summary } = JSON.parse(stdout);
        expect(summary).toMatchObject({ parsing_errors: 0 });
        ({ passed_checks: passed, failed_checks: failed } = results);
      } finally {
        await moto.stop();
        folder.remove();
        rmSync(plans, { recursive: true, force: true });
      }
    });

    const excuseOf = ({ check_id, resource }: Check) =>
      CHECKOV_EXCEPTIONS.find(({ id, on }) => id === check_id && on.test(resource));
    const of = (checks: readonly Check[], name: string) =>
      checks.filter(({ file_path }) => path.basename(file_path) === `${name}.json`);

    it.each(names)("has nothing to say about %s but what is excused with a reason", (name) => {
      const unexcused = of(failed, name).filter((check) => excuseOf(check) === undefined);
      expect(unexcused.map((check) => `${check.check_id} ${check.resource}: ${check.check_name}`)).toEqual(
        [],
      );
    });

    it.each(names)("did judge %s", (name) => {
      expect(of(passed, name).length).toBeGreaterThan(50);
    });

    it("needs every excuse that it has", () => {
      const used = new Set(failed.map(excuseOf));
      expect(CHECKOV_EXCEPTIONS.filter((exception) => !used.has(exception)).map(({ id }) => id)).toEqual([]);
    });
  },
);
