import { type Answers, nodeState } from "../observe/node-state";
import type { Sample } from "../observe/samples";

/** A sample as the recorder of a host wrote it. */
export interface RecordedSample {
  /** Microseconds of the epoch by the host's clock, before it asked. */
  readonly begun: number;
  /** Microseconds until it had all answers. */
  readonly took: number;
  /** Answers by command; empty ones left out. */
  readonly answers: Answers;
}

/** What a recorder wrote: a line `@`, a line a command, an empty line. A torn last sample is left out. */
export function readRecorded(text: string): RecordedSample[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .flatMap((part) => {
      const [head, ...lines] = part.trim().split("\n");
      const [mark, begun, took] = head.split("\t");
      if (mark !== "@") return [];
      const answers = lines.flatMap((line) => {
        const tab = line.indexOf("\t");
        const answer = line.slice(tab + 1);
        return tab < 0 || answer === "" ? [] : [[line.slice(0, tab), answer] as const];
      });
      return [{ begun: Number(begun), took: Number(took), answers: new Map(answers) }];
    });
}

/** A sample of a node as the observer writes it, at a time of the run's clock. */
export function sampleOf(
  node: string,
  namespace: string,
  { took, answers }: RecordedSample,
  at: number,
): Sample {
  const common = { at: Math.round(at), node, took: took / 1000 };
  if (!answers.has("statistics")) return { ...common, gap: "no answer" };
  try {
    return { ...common, state: nodeState(namespace, new Map([["node", node], ...answers])) };
  } catch (error) {
    return { ...common, gap: (error as Error).message };
  }
}
