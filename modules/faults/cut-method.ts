import type { PartitionRule } from "./partition-rule";

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

/** How a cut is made. */
export interface CutMethod {
  /**
   * Makes the cut's resources, or lets the fault take them away.
   * @throws InputError, with the reason, where the method cannot do what the rule asks
   */
  make(rule: PartitionRule): CutEffect;
}
