/** What a run comes to. */
export type Verdict = "pass" | "differs" | NotProven | "fail" | "not-healed";

/** Why nothing was proven: it did not come to its end, it was not begun, or too little was seen. */
export type NotProven = "aborted" | "not-run" | "unproven";

/** Whether an objective was met; unproven where nothing was seen that could tell. */
export type Met = "met" | "missed" | "unproven";

/** An objective of a run, with its target, what the model predicted and what was observed. */
export interface Objective {
  /** `after.lost`, `during.London.serves`, `recovery.eu-west-2.detect`. */
  readonly name: string;
  /** `safety`: what no run may miss. `given`: the story's own. `predicted`: the model's, where the story gives none. */
  readonly kind: "safety" | "given" | "predicted";
  readonly target: string;
  /** What the model predicted, where it says something of it. */
  readonly predicted?: string;
  readonly observed: string;
  readonly met: Met;
}

/** What the verdict is made of. */
export interface Findings {
  readonly objectives: readonly Objective[];
  /** Whether the network is whole again: all hear each other, one cluster, no migrations. */
  readonly healed: boolean;
  /** Why it was not healed, or what is known. */
  readonly healReason?: string;
  /** Set where the run did not come to its end, or proves nothing. */
  readonly notProven?: { readonly kind: NotProven; readonly reason: string };
}

/** The verdict of a run. */
export interface Judgement {
  readonly verdict: Verdict;
  /** 0 pass, 1 fail, 3 not proven, 4 safe but not as predicted, 5 not healed: the worst that holds. */
  readonly exitCode: 0 | 1 | 3 | 4 | 5;
  /** A sentence each, the worst first. */
  readonly reasons: readonly string[];
}

/** Judges a run: the worst wins. */
export function judge({ objectives, healed, healReason, notProven }: Findings): Judgement {
  const missed = objectives.filter(({ met }) => met === "missed");
  const broken = missed.filter(({ kind }) => kind !== "predicted");
  const differs = missed.filter(({ kind }) => kind === "predicted");
  const open = objectives.filter(({ met }) => met === "unproven");
  const text = ({ name, target, observed }: Objective) =>
    `${name}: expected ${target}, observed ${observed}.`;
  const reasons = [
    ...(healed
      ? []
      : [`The network may still be cut: ${healReason ?? "it could not be seen that it is whole again"}.`]),
    ...broken.map(text),
    ...(notProven
      ? [notProven.reason]
      : open.map(({ name, target }) => `${name}: expected ${target}, and nothing was seen that could tell.`)),
    ...differs.map(text),
  ];
  if (!healed) return { verdict: "not-healed", exitCode: 5, reasons };
  if (broken.length > 0) return { verdict: "fail", exitCode: 1, reasons };
  if (notProven || open.length > 0) {
    return { verdict: notProven?.kind ?? "unproven", exitCode: 3, reasons };
  }
  if (differs.length > 0) return { verdict: "differs", exitCode: 4, reasons };
  return { verdict: "pass", exitCode: 0, reasons };
}
