import type { HistoryOperation } from "../history";
import { checkElements } from "./elements";
import {
  type Finding,
  FINDING_CLASSES,
  type FindingClass,
  type KeyClass,
  type KeyResult,
  SOUND_CLASSES,
} from "./finding";
import { checkRegister } from "./register";

/** A side that serves for a while, and whose writes must therefore be in the history. */
export interface ServingSide {
  readonly name: string;
  /** Places whose clients it serves: what stands before the `/` in `client`. */
  readonly places: readonly string[];
  /** From when to when, in microseconds of the history's clock. */
  readonly from: number;
  readonly to: number;
}

/** What a history is held to. */
export interface CheckOptions {
  /**
   * Classes that fail. An availability-mode namespace loses updates by design: give what its objectives forbid.
   *
   * @default all of {@link FINDING_CLASSES}
   */
  readonly failOn?: readonly FindingClass[];
  /**
   * Sides each of which must have acknowledged a write in its time; else nothing is proven.
   *
   * @default none
   */
  readonly serving?: readonly ServingSide[];
  /**
   * The share of keys with acknowledged writes that must have been read back, 0 to 1; else nothing is proven.
   *
   * @default 0.99
   */
  readonly readBack?: number;
}

/** What a history proves. */
export interface CheckResult {
  readonly verdict: "pass" | "fail" | "unproven";
  /** Why it is not `pass`: a sentence each. */
  readonly reasons: readonly string[];
  /** How many keys are of each class. */
  readonly keys: Readonly<Record<KeyClass, number>>;
  /** One a key, worst class first. */
  readonly findings: readonly Finding[];
  /** The recovery point: acknowledged writes that are lost or overwritten, and the time from the first to the last of them. */
  readonly rpo: {
    readonly writes: number;
    readonly keys: number;
    readonly from?: number;
    readonly to?: number;
  };
  /** Writes in doubt that were seen, and those that nothing shows; neither is a loss. */
  readonly inDoubt: { readonly applied: number; readonly notApplied: number };
}

/**
 * Judges a history: each key by itself, its operations in any order. Pure, and near linear in the operations.
 *
 * @throws Error where a value is written twice at a key, or a key is used as a register and as a list.
 */
export function check(
  history: readonly HistoryOperation[],
  { failOn = FINDING_CLASSES, serving = [], readBack = 0.99 }: CheckOptions = {},
): CheckResult {
  const keys = Object.fromEntries([...FINDING_CLASSES, ...SOUND_CLASSES].map((name) => [name, 0])) as Record<
    KeyClass,
    number
  >;
  const findings: Finding[] = [];
  const rpo = { writes: 0, keys: 0, from: Infinity, to: -Infinity };
  const inDoubt = { applied: 0, notApplied: 0 };
  let [written, back] = [0, 0];

  for (const [key, operations] of byKey(history)) {
    const result = checkKey(key, operations);
    keys[result.class]++;
    if (result.finding) findings.push(result.finding);
    inDoubt.applied += result.inDoubt.applied;
    inDoubt.notApplied += result.inDoubt.notApplied;
    if (operations.some(({ kind, outcome }) => kind !== "read" && outcome === "ok")) {
      written++;
      if (result.readBack) back++;
    }
    if (result.gone.length > 0) rpo.keys++;
    rpo.writes += result.gone.length;
    for (const { start, end } of result.gone) {
      rpo.from = Math.min(rpo.from, start);
      rpo.to = Math.max(rpo.to, end!);
    }
  }
  findings.sort((a, b) => FINDING_CLASSES.indexOf(a.class) - FINDING_CLASSES.indexOf(b.class));

  const failures = failOn
    .filter((name) => keys[name] > 0)
    .map((name) => {
      const of = findings.filter((one) => one.class === name);
      const named = of.slice(0, 3).map(({ key }) => key);
      return `${keys[name]} ${keys[name] === 1 ? "key is" : "keys are"} ${name}: ${named.join(", ")}${of.length > 3 ? ", ..." : ""}.`;
    });
  const unproven = serving
    .filter((side) => !acknowledgedBy(side, history))
    .map(({ name }) => `${name} serves, and no write of its clients was acknowledged.`);
  if (written === 0) unproven.push("No write was acknowledged.");
  else if (back < readBack * written) {
    unproven.push(
      `${back} of ${written} keys with acknowledged writes were read back; ${Math.ceil(readBack * written)} must be.`,
    );
  }
  return {
    verdict: failures.length > 0 ? "fail" : unproven.length > 0 ? "unproven" : "pass",
    reasons: [...failures, ...unproven],
    keys,
    findings,
    rpo: rpo.writes > 0 ? rpo : { writes: 0, keys: 0 },
    inDoubt,
  };
}

function byKey(history: readonly HistoryOperation[]): Map<string, HistoryOperation[]> {
  const keys = new Map<string, HistoryOperation[]>();
  for (const operation of history) {
    const of = keys.get(operation.key);
    if (of) of.push(operation);
    else keys.set(operation.key, [operation]);
  }
  return keys;
}

function checkKey(key: string, operations: readonly HistoryOperation[]): KeyResult {
  const list = operations.some(({ kind, seen }) => kind === "append" || Array.isArray(seen));
  if (!list) return checkRegister(key, operations);
  const other = operations.find(
    ({ kind, seen }) => kind === "put" || kind === "delete" || typeof seen === "string",
  );
  if (other)
    throw new Error(
      `Key "${key}" is a list, and has a ${other.kind} of a value by ${other.client}; a key is a register or a list.`,
    );
  return checkElements(key, operations);
}

function acknowledgedBy({ places, from, to }: ServingSide, history: readonly HistoryOperation[]): boolean {
  const served = (client: string) => places.includes(client.slice(0, client.lastIndexOf("/")));
  return history.some(
    ({ kind, outcome, start, end, client }) =>
      kind !== "read" && outcome === "ok" && start >= from && end! <= to && served(client),
  );
}
