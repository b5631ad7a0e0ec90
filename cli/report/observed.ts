import type { NodePartitions } from "../../model";
import { table } from "./table";
import type { Terminal } from "./terminal";

/** A node as it was observed, and as it is predicted; undefined where the prediction has it in no cluster. */
export interface Compared {
  readonly node: string;
  readonly observed: NodePartitions;
  readonly predicted?: NodePartitions;
  readonly same: boolean;
}

/** What was observed beside what is predicted, a line a node. */
export function observedText(file: string, compared: readonly Compared[], terminal: Terminal): string {
  const numbers = (one?: NodePartitions) =>
    one === undefined
      ? "in no cluster"
      : `${one.primary} / ${one.secondary} / ${one.unavailable} / ${one.dead}`;
  const same = compared.filter((one) => one.same).length;
  return [
    table(
      `Observed (${file}) and predicted: primary / secondary / unavailable / dead`,
      ["Node", "Observed", "Predicted", ""],
      compared.map(({ node, observed, predicted, same: equal }) => [
        node,
        numbers(observed),
        numbers(predicted),
        equal ? "equal" : "differs",
      ]),
      terminal,
    ),
    same === compared.length
      ? `As predicted: all ${same} nodes of the file are equal.`
      : `Not as predicted: ${compared.length - same} of ${compared.length} nodes differ.`,
  ].join("\n");
}
