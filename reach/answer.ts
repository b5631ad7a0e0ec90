/** Whether packets pass; `unknown` only where what is not known yet would decide. */
export type Answer = "open" | "closed" | "unknown";

/** What passes where all of these have to let it pass. */
export function all(answers: readonly Answer[]): Answer {
  if (answers.includes("closed")) return "closed";
  return answers.includes("unknown") ? "unknown" : "open";
}

/** What passes where one of these is so, and it is not known which. */
export function oneOf(answers: readonly Answer[]): Answer {
  return answers.length > 0 && answers.every((answer) => answer === answers[0]) ? answers[0] : "unknown";
}

/** An answer, and what decides it: the address of a rule, or words. */
export interface Decided {
  readonly answer: Answer;
  readonly by: string;
}

/**
 * The answer where one of these is so and it is not known which: the common one, or else `unknown` by what differs.
 *
 * @param decided one at least
 */
export function decidedByOneOf(decided: readonly Decided[]): Decided {
  const answer = oneOf(decided.map((each) => each.answer));
  if (answer === decided[0].answer) return decided[0];
  const differing = [...new Map(decided.map((each) => [each.answer, each])).values()];
  return { answer, by: `not known yet: ${differing.map(({ by }) => by).join(", or ")}` };
}
