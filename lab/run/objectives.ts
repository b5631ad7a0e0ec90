import { PARTITIONS } from "../../model";
import type { CheckResult } from "../check/check";
import type { FindingClass } from "../check/finding";
import type { Objectives } from "../../scenarios/story";
import type { RecoveryFigures } from "./figures";
import { type Observation, servedBy } from "./observation";
import { nameOf } from "./sides";
import type { Met, Objective } from "./verdict";

/** Keys that an objective names. */
const MOST_KEYS = 3;

/** What the objectives of a run are measured by. */
export interface Measured {
  readonly expect: Objectives;
  readonly strongConsistency: boolean;
  readonly sides: ReadonlyMap<string, readonly string[]>;
  readonly during: Observation | undefined;
  readonly after: Observation | undefined;
  /** Whether something was broken, so that there is a during. */
  readonly broken: boolean;
  readonly check: CheckResult;
  /** By region of the clients: the slower of reads and writes. */
  readonly recovery: Readonly<Record<string, RecoveryFigures>>;
}

/** Each objective of a run, with its target and what was observed. */
export function objectivesOf(measured: Measured): Objective[] {
  return [...consistency(measured), ...during(measured), ...after(measured), ...recovery(measured)];
}

/** What strong consistency promises; in availability mode only what the objectives say. */
function consistency({ expect, strongConsistency, check }: Measured): Objective[] {
  const { lost, stale } = expect.after ?? {};
  const { keys, rpo, findings } = check;
  const unread = check.verdict === "unproven";
  const count = (
    name: string,
    observed: number,
    given: number | undefined,
    ...classes: readonly FindingClass[]
  ): Objective[] => {
    if (given === undefined && !strongConsistency) return [];
    const most = given ?? 0;
    const of = findings.filter((finding) => classes.includes(finding.class)).map(({ key }) => key);
    const named = of.slice(0, MOST_KEYS).join(", ");
    return [
      {
        name,
        kind: given === undefined ? "safety" : "given",
        target: most === 0 ? "0" : `at most ${most}`,
        observed: `${observed}${named && ` (${named}${of.length > MOST_KEYS ? ", ..." : ""})`}`,
        met: observed > most ? "missed" : unread ? "unproven" : "met",
      },
    ];
  };
  return [
    ...count("after.lost", rpo.writes, lost, "resurrected", "lost", "overwritten"),
    ...count("after.stale", keys.stale, stale, "stale"),
    ...count("after.resurrected", keys.resurrected, undefined, "resurrected"),
    ...count("after.duplicate", keys.duplicate, undefined, "duplicate"),
    ...count("after.dirty", keys.dirty, undefined, "dirty"),
  ];
}

function during({ expect, sides, during: seen, broken }: Measured): Objective[] {
  if (!broken) return [];
  const given = expect.during;
  if (given) {
    return Object.entries(given).map(([side, { serves }]) => {
      const observed = seen && servedBy(seen, side, sides);
      const names = seen?.clusters.map(({ name }) => name).join(", ");
      return {
        name: `during.${side}.serves`,
        kind: "given",
        target: String(serves),
        ...(seen && predictedOf(seen, side, sides)),
        observed:
          observed === undefined
            ? `no such cluster${names ? ` (there are: ${names})` : ""}`
            : String(observed),
        met: !seen ? "unproven" : observed === serves ? "met" : "missed",
      };
    });
  }
  if (!seen) return [];
  return seen.foretold.clusters.map(({ members, serves }) => {
    const name = nameOf({ members }, sides);
    const observed = servedBy(seen, name, sides);
    return {
      name: `during.${name}.serves`,
      kind: "predicted",
      target: String(serves),
      observed: observed === undefined ? "no such cluster" : String(observed),
      met: observed === serves ? "met" : "missed",
    };
  });
}

/** What the model foretold of a side, where it foretold a cluster of that name. */
function predictedOf(
  { foretold }: Observation,
  side: string,
  sides: ReadonlyMap<string, readonly string[]>,
): { predicted?: string } {
  const clusters = foretold.clusters.map((one) => ({ ...one, name: nameOf(one, sides) }));
  const serves = servedBy({ clusters }, side, sides);
  return serves === undefined ? {} : { predicted: String(serves) };
}

function after({ expect, after: seen }: Measured): Objective[] {
  const given = expect.after?.serves;
  const observed = seen && (seen.clusters[0]?.serves ?? 0);
  const target = given ?? PARTITIONS;
  return [
    {
      name: "after.serves",
      kind: given === undefined ? "safety" : "given",
      target: String(target),
      observed: observed === undefined ? "nothing" : String(observed),
      met: observed === undefined ? "unproven" : observed === target ? "met" : "missed",
    },
  ];
}

function recovery({ expect, recovery: figures }: Measured): Objective[] {
  const { detect, serve, full } = expect.recovery ?? {};
  const targets = { detect, serve, full };
  const measured = {
    detect: ({ detected }: RecoveryFigures) => detected,
    serve: ({ serving }: RecoveryFigures) => serving,
    full: ({ full: all }: RecoveryFigures) => all,
  };
  return Object.entries(figures).flatMap(([region, of]) =>
    (["detect", "serve", "full"] as const).flatMap((name): Objective[] => {
      const target = targets[name];
      if (target === undefined) return [];
      const ms = measured[name](of);
      const met: Met = ms === undefined ? "missed" : ms <= millisecondsOf(target) ? "met" : "missed";
      return [
        {
          name: `recovery.${region}.${name}`,
          kind: "given",
          target: `within ${target}`,
          observed: ms === undefined ? "never" : `${(ms / 1000).toFixed(1)} s`,
          met,
        },
      ];
    }),
  );
}

/** A duration such as `500ms`, `5s` or `2m`, in milliseconds. */
export function millisecondsOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text)!;
  return Number(number) * { ms: 1, s: 1000, m: 60_000 }[unit as "ms" | "s" | "m"];
}
