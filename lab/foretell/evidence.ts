import type { Prediction } from "../../model";

/** How far the prediction is backed by what was checked against a real server. */
export function evidence({ predictedBecause }: Pick<Prediction, "predictedBecause">): string {
  return predictedBecause.length === 0
    ? "Predicted by the model, within what was checked against a real cluster."
    : `Predicted by the model, beyond what was checked against a real cluster: ${predictedBecause.join(", ")}.`;
}
