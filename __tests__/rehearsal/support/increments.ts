import type { OperationOutcome } from "../../../lab/history";

/** An increment by one of a counter that begins at 0, with its new value, or a linearized read of it. */
export interface Increment {
  readonly key: string;
  readonly kind: "increment" | "read";
  readonly outcome: OperationOutcome;
  /** What it answered; absent where it did not. */
  readonly value?: number;
  readonly start: number;
  readonly end: number;
}

/**
 * What is wrong with the history of counters, a sentence each: every answer lies between the increments that were
 * acknowledged before it began and those that were begun before it ended, no two increments give one value, and in real time values grow.
 */
export function wrongCounts(history: readonly Increment[]): string[] {
  const wrong: string[] = [];
  for (const key of new Set(history.map((one) => one.key))) {
    const own = history.filter((one) => one.key === key);
    const increments = own.filter(({ kind }) => kind === "increment");
    const acknowledged = increments.filter(({ outcome }) => outcome === "ok");
    const possible = increments.filter(({ outcome }) => outcome === "ok" || outcome === "unknown");
    const ends = acknowledged.map(({ end }) => end).sort((a, b) => a - b);
    const starts = possible.map(({ start }) => start).sort((a, b) => a - b);
    const answers = own.filter(({ outcome }) => outcome === "ok").sort((a, b) => a.start - b.start);
    const byEnd = answers.toSorted((a, b) => a.end - b.end);
    const values = new Map<number, Increment>();
    let [done, begun, answered, highest] = [0, 0, 0, 0];
    for (const answer of answers) {
      const { start, kind } = answer;
      const value = answer.value!;
      const extra = kind === "increment" ? 1 : 0;
      while (ends[done] < start) done++;
      for (; byEnd[answered]?.end < start; answered++) highest = Math.max(highest, byEnd[answered].value!);
      if (value < Math.max(done, highest) + extra) {
        wrong.push(
          `${key}: ${JSON.stringify(answer)} came after ${done} acknowledged increments, and after the value ${highest}.`,
        );
      }
      if (!extra) continue;
      const other = values.get(value);
      if (other) wrong.push(`${key}: ${JSON.stringify(answer)} and ${JSON.stringify(other)} gave one value.`);
      values.set(value, answer);
    }
    for (const answer of byEnd) {
      while (starts[begun] <= answer.end) begun++;
      if (answer.value! > begun)
        wrong.push(`${key}: ${JSON.stringify(answer)}, and only ${begun} increments had begun.`);
    }
  }
  return wrong;
}
