import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { describeWith } from "../support/requirements";
import { REPO } from "./support/environment";
import { Moto } from "./support/moto";
import { stretch } from "./support/stretch";
import { Terraform } from "./support/terraform";

const CONFIGURATIONS = path.join(REPO, "__tests__/fixtures/terraform");
const CUT = { cut: "true" };

/** Two nodes of each of two sides, with the addresses that they will have, where those are known. */
function topologyOf(addresses: readonly string[]): string {
  return JSON.stringify({
    namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
    nodes: ["A1", "A2", "B1", "B2"].map((id, i) => ({
      id,
      rack: i < 2 ? 1 : 2,
      region: i < 2 ? "one" : "two",
      ...(addresses[i] && { address: addresses[i] }),
    })),
  });
}

/** What a configuration is called by, and how it is asked. */
interface Configuration {
  readonly addresses: readonly string[];
  readonly args: readonly string[];
}

const ALL: Readonly<Record<string, Configuration>> = {
  plain: { addresses: ["10.1.0.10", "10.1.1.10", "10.2.0.10", "10.2.1.10"], args: [] },
  nested: { addresses: ["10.4.1.10", "10.4.2.10", "10.5.1.10", "10.5.2.10"], args: [] },
  transit: { addresses: [], args: ["--match", "tag:node"] },
};

/** What `stretch check` said. */
interface Said {
  readonly code: number;
  readonly printed: string;
  /** Pairs of nodes that are closed or not known on the port of heartbeats: `A1 B1 closed`, sorted. */
  readonly shut: readonly string[];
  readonly changes: readonly { before: string; after: string }[];
}

/** A configuration from its first plan to the cut, before and after each apply. */
interface Story {
  readonly planned: Said;
  /** Of the plan as JSON, which has no locals. */
  readonly plannedAsJson: Said;
  readonly applied: Said;
  readonly cutPlanned: Said;
  readonly cutApplied: Said;
  /** The same for a person. */
  readonly text: string;
}

async function tell(name: string, moto: Moto, folder: string): Promise<Story> {
  const { addresses, args } = ALL[name];
  const dir = path.join(folder, name);
  cpSync(path.join(CONFIGURATIONS, name), dir, { recursive: true });
  const topology = path.join(dir, "topology.json");
  writeFileSync(topology, topologyOf(addresses));
  const terraform = new Terraform(dir, moto);
  // Its own `init` is for synthesised stacks.
  await terraform.run(["init"], 120_000);
  const ask = async (...what: string[]): Promise<Said> => {
    const { code, stdout, stderr } = await stretch(moto, [
      "check",
      ...what,
      "--topology",
      topology,
      ...args,
      "--json",
    ]);
    if (stdout === "") throw new Error(stderr);
    const { groups, links, changes = [] } = JSON.parse(stdout);
    const nodes = (group: number): string[] => groups[group].nodes;
    const shut = (links as { from: number; to: number; port: number; answer: string }[])
      .filter(({ port, answer }) => port === 3002 && answer !== "open")
      .flatMap(({ from, to, answer }) =>
        nodes(from).flatMap((a) => nodes(to).flatMap((b) => (a < b ? [`${a} ${b} ${answer}`] : []))),
      );
    return { code, printed: stdout + stderr, shut: shut.sort(), changes };
  };
  const state = async () => {
    const file = path.join(dir, "state.json");
    writeFileSync(file, JSON.stringify(await terraform.show()));
    return ask("--state", file);
  };

  const plan = await terraform.plan();
  const planned = await ask("--plan", plan.file);
  const json = path.join(dir, "plan.json");
  writeFileSync(json, JSON.stringify(await terraform.show(plan)));
  const plannedAsJson = await ask("--plan", json);
  const { stdout: text } = await stretch(moto, ["check", "--plan", json, "--topology", topology, ...args]);
  await terraform.apply(plan);
  const applied = await state();
  const cut = await terraform.plan(CUT);
  const cutPlanned = await ask("--plan", cut.file);
  await terraform.apply(cut);
  return { planned, plannedAsJson, applied, cutPlanned, cutApplied: await state(), text };
}

const BOTH_SIDES = ["A1 B1 closed", "A1 B2 closed", "A2 B1 closed", "A2 B2 closed"];

describeWith(
  ["terraform", "moto"],
  "stretch check of configurations that are not made by these constructs",
  () => {
    let folder: string;
    let moto: Moto;
    const told: Record<string, Story> = {};

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "stretch-check-"));
      moto = await Moto.start();
      const stories = await Promise.all(Object.keys(ALL).map((name) => tell(name, moto, folder)));
      Object.keys(ALL).forEach((name, i) => (told[name] = stories[i]));
    });
    afterAll(async () => {
      await moto?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(Object.keys(ALL))("%s: all reach all, before the apply and after", (name) => {
      const { planned, applied } = told[name];
      expect(planned).toMatchObject({ code: 0, shut: [] });
      expect(applied).toMatchObject({ code: 0, shut: [] });
    });

    it("plain: an ACL of one subnet cuts its node off, before the apply and after; the others serve everything", () => {
      const { cutPlanned, cutApplied } = told.plain;
      expect(cutPlanned).toMatchObject({ code: 0, shut: BOTH_SIDES.slice(2) });
      expect(cutApplied).toMatchObject({ code: 0, shut: BOTH_SIDES.slice(2) });
    });

    it.each(["nested", "transit"])(
      "%s: without one side's route the sides are parted, before the apply and after",
      (name) => {
        const { cutPlanned, cutApplied } = told[name];
        expect(cutPlanned).toMatchObject({ code: 1, shut: BOTH_SIDES });
        expect(cutApplied).toMatchObject({ code: 1, shut: BOTH_SIDES });
      },
    );

    it.each(Object.keys(ALL))(
      "%s: tells what a plan changes, from the state that it was made from",
      (name) => {
        const { changes } = told[name].cutPlanned;
        expect(changes.length).toBeGreaterThan(0);
        expect(changes.every(({ before, after }) => before === "open" && after === "closed")).toBe(true);
        expect(told[name].planned.changes).toEqual([]);
      },
    );

    it("plain and nested: without the sources locals are not known, and nothing is said to be open or closed by them", () => {
      expect(told.nested.plannedAsJson.code).toBe(3);
      expect(told.plain.plannedAsJson.shut.filter((pair) => pair.endsWith("closed"))).toEqual([]);
      expect(told.nested.plannedAsJson.shut.filter((pair) => pair.endsWith("closed"))).toEqual([]);
    });

    it("plain: tells nothing of the secrets in a plan", () => {
      const { planned, plannedAsJson, applied, cutPlanned, text } = told.plain;
      for (const { printed } of [planned, plannedAsJson, applied, cutPlanned])
        expect(printed).not.toMatch(/hunter2/);
      expect(text).not.toMatch(/hunter2/);
      expect(text).toMatch(/Verdict \(predicted\)/);
    });
  },
);
