/**
 * Resources changed per fault, of every scenario: counted in what is synthesised, by evaluating the expressions that
 * depend on the fault. With an end of its own a fault makes its schedules beside.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { runInNewContext } from "node:vm";
import { App } from "cdktf";
import Table from "cli-table3";
import { FaultSwitch } from "../modules";
import { scenarios } from "../scenarios";

type Attributes = Record<string, unknown>;

interface State {
  readonly fault: string;
  /** When the fault ends by itself; empty = it does not. */
  readonly end: string;
}

/** The value of an attribute; the expressions that depend on the fault are JavaScript too. */
function valueOf(attribute: unknown, { fault, end }: State): unknown {
  if (typeof attribute !== "string" || !attribute.includes("local.current_fault")) return attribute;
  return runInNewContext(attribute.slice(2, -1), {
    local: { current_fault: fault, fault_end: end },
    length: (text: string) => text.length,
  });
}

/** The resources that there are in a state, by address, as comparable text. */
function resourcesIn(stack: Record<string, Record<string, Attributes>>, state: State): Map<string, string> {
  const found = new Map<string, string>();
  for (const [type, byId] of Object.entries(stack)) {
    for (const [id, { count = 1, ...attributes }] of Object.entries(byId)) {
      if (valueOf(count, state) === 0) continue;
      const values = Object.entries(attributes).map(([name, value]) => [name, valueOf(value, state)]);
      found.set(`${type}.${id}`, JSON.stringify(values));
    }
  }
  return found;
}

function typesOf(addresses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const address of addresses) {
    const type = address.split(".")[0];
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => `${count} ${type}`).join(", ");
}

const table = new Table({
  head: ["scenario", "resources", "fault", "created", "deleted", "updated", "with an end"],
  style: { head: [], border: [] },
});
const outdir = mkdtempSync(path.join(tmpdir(), "stretch-bench-"));
try {
  for (const { name, build } of scenarios) {
    const app = new App({ outdir });
    const scenario = build(app);
    app.synth();
    const { resource } = JSON.parse(readFileSync(path.join(outdir, "stacks", name, "cdk.tf.json"), "utf8"));
    const healthy = resourcesIn(resource, { fault: "none", end: "" });
    for (const fault of FaultSwitch.of(scenario).faults) {
      const broken = resourcesIn(resource, { fault, end: "" });
      const timed = resourcesIn(resource, { fault, end: "2030-01-01T00:00:00Z" });
      const kept = [...broken.keys()].filter((address) => healthy.has(address));
      table.push([
        name,
        healthy.size,
        fault,
        typesOf([...broken.keys()].filter((address) => !healthy.has(address))),
        typesOf([...healthy.keys()].filter((address) => !broken.has(address))),
        typesOf(kept.filter((address) => broken.get(address) !== healthy.get(address))),
        typesOf([...timed.keys()].filter((address) => !broken.has(address))) || "refused",
      ]);
    }
  }
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
console.log(table.toString());
