import type { CannotHear } from "../../../model";
import { gzippedFixture } from "../../support/fixture-files";

/** What a node said of itself. */
export interface NodeSaid {
  readonly key: string;
  readonly size: number;
  readonly principal: string;
  readonly integrity: boolean;
  readonly unavailable: number;
}

/** A fault recorded on six real nodes: heartbeats 150 x 10, each node asked ten times a second. */
export interface RecordedFault {
  readonly name: string;
  readonly ids: readonly string[];
  readonly cannotHear: CannotHear;
  readonly clusters: readonly (readonly string[])[];
  readonly orphans: readonly string[];
  /** Seconds after the heal until all were one cluster again. */
  readonly healed: number;
  /** What the nodes said, in milliseconds after the cut; only where something changed. */
  readonly samples: readonly { readonly at: number; readonly nodes: ReadonlyMap<string, NodeSaid> }[];
}

type Row = [key: string, size: number, principal: string, integrity: boolean, unavailable: number];

interface Recording extends Omit<RecordedFault, "samples"> {
  readonly samples: readonly { readonly t: number; readonly nodes: Readonly<Record<string, Row>> }[];
}

export const recordedFaults: readonly RecordedFault[] = gzippedFixture<Recording[]>(
  "recordings/partial-faults",
).map(({ samples, ...fault }) => ({
  ...fault,
  samples: samples.map(({ t, nodes }) => ({
    at: t * 1000,
    nodes: new Map(
      Object.entries(nodes).map(([id, [key, size, principal, integrity, unavailable]]) => [
        id,
        { key, size, principal, integrity, unavailable },
      ]),
    ),
  })),
}));

/** A cluster that a node was in, or none (size 0), and since when. */
export interface Stage {
  readonly at: number;
  readonly size: number;
  readonly principal: string;
}

/** What a node was in, one after another: a new stage with each new cluster key. */
export function stagesOf({ samples }: RecordedFault, id: string): Stage[] {
  const stages: Stage[] = [];
  let last: string | undefined;
  for (const { at, nodes } of samples) {
    const { key, size, principal } = nodes.get(id)!;
    if (key !== last) stages.push({ at, size, principal });
    last = key;
  }
  return stages;
}
