import type { Prediction } from "../../model";

/** Who is in no cluster and when it blocks (milliseconds after the cut), what comes and goes, and who is down, as plain data. */
export function membersJson({ orphans, flapping, mayDiffer, down }: Prediction): object {
  return {
    orphans: orphans.map(({ id }) => id),
    blocks: Object.fromEntries(orphans.map(({ id, blocks }) => [id, blocks])),
    flapping,
    mayDiffer,
    down,
  };
}
