import type { Construct } from "constructs";
import type { AerospikePort } from "../hosts/aerospike-ports";
import type { StretchCluster } from "../cluster/stretch-cluster";
import { InputError } from "../stack/errors";
import type { FaultSwitch } from "./fault-switch";
import type { SideParts } from "./partition-side";

/** How a cut is made. */
export type PartitionMethod = "network-acl" | "security-group" | "route";

/** What a rule asks of its method. */
export interface Cut {
  readonly fault: string;
  readonly method: PartitionMethod;
  /** The first side and the second, taken apart. */
  readonly sides: readonly [SideParts, SideParts];
  readonly direction: "both" | "from" | "to";
  readonly connections: "all" | "new";
  /** Ports that are cut; undefined = all. */
  readonly ports: readonly AerospikePort[] | undefined;
  /** The cluster that it is meant for; undefined = all. */
  readonly cluster: StretchCluster | undefined;
}

/** What a cut does to packets between its two sides. */
export interface CutEffect {
  /**
   * Whose packets are lost, established connections and all: of both sides, of the first, of the second, or of none, so
   * that the cluster does not split.
   */
  readonly silences: "both" | "first" | "second" | "none";
  /** What it does beside that, in a line. */
  readonly note?: string;
  /** Why no timer can end it; absent = one can. */
  readonly endsOnlyByHand?: string;
}

/**
 * How a cut is made: makes its resources below `scope`, or lets the fault take some away, those of constructs made later
 * too.
 *
 * @returns what it does, to be asked when the stack is whole; it throws an InputError where the stack lacks what the
 * method needs
 * @throws InputError, with the reason, where the method cannot do what is asked
 */
export type CutMethod = (scope: Construct, cut: Cut, faultSwitch: FaultSwitch) => () => CutEffect;

/** The error of a method that cannot do what the rule asks. */
export function refusal(
  { method, fault }: Cut,
  value: unknown,
  why: string,
  expected: string,
  mend: string,
): InputError {
  return new InputError({
    problem: `the method ${method} cannot make the fault "${fault}": ${why}`,
    value,
    expected,
    mend,
  });
}
