import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { scenarios } from "../../scenarios";
import { CHECKOV_EXCEPTIONS } from "./checkov-exceptions";
import { Moto } from "./support/moto";
import { describeE2e } from "./support/requirements";
import { run } from "./support/run";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";

interface FailedCheck {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
}

describeE2e("checkov on the plan of every scenario", ["terraform", "moto", "checkov"], () => {
  const folder = new SynthDir();
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });
  const excused = new Set<string>();

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "has nothing to say about %s but what is excused with a reason",
    async (name, scenario) => {
      const dir = folder.synth(name, (app) => scenario.build(app));
      const terraform = new Terraform(dir, moto);
      await terraform.init();
      const file = path.join(dir, "plan.json");
      writeFileSync(file, JSON.stringify(await terraform.show(await terraform.plan())));

      const unexcused = (await failedChecks(file, dir)).filter(({ check_id, resource }) => {
        const exception = CHECKOV_EXCEPTIONS.find(({ id, on }) => id === check_id && on.test(resource));
        if (exception !== undefined) excused.add(exception.id);
        return exception === undefined;
      });
      expect(unexcused.map((check) => `${check.check_id} ${check.resource}: ${check.check_name}`)).toEqual(
        [],
      );
    },
  );

  it("needs every excuse that it has", () => {
    expect(CHECKOV_EXCEPTIONS.map(({ id }) => id).filter((id) => !excused.has(id))).toEqual([]);
  });

  async function failedChecks(file: string, cwd: string): Promise<FailedCheck[]> {
    const { stdout } = await run(
      "checkov",
      [`--file=${file}`, "--framework=terraform_plan", "--skip-download", "--compact", "--output=json"],
      { cwd, env: moto.env, timeoutMs: 300_000, okCodes: [0, 1] },
    );
    const { results, summary } = JSON.parse(stdout);
    // A plan that it did not understand has no failed check either.
    expect(summary).toMatchObject({ parsing_errors: 0 });
    expect(summary.passed).toBeGreaterThan(50);
    return results.failed_checks;
  }
});
