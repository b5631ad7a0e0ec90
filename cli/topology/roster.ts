import { parseRoster } from "../../model";
import { UsageError } from "../errors";
import type { Gathered } from "./gathered";

/** What a roster does not say. */
export interface RosterGiven {
  readonly replicationFactor: number | undefined;
  /** @default mydata */
  readonly namespace?: string;
}

/**
 * The cluster of a roster, as asadm and the server write it: `A352@32,A70@33`, with an active rack `M32|A352@32,A70@33`.
 *
 * @throws UsageError where it is none, or there is no replication factor
 */
export function rosterTopology(
  text: string,
  { replicationFactor, namespace = "mydata" }: RosterGiven,
): Gathered {
  const roster = parseRoster(text.trim());
  if (roster === undefined || roster.nodes.length === 0) {
    throw new UsageError(
      `--roster "${text}" is none: expected nodes as asadm's show roster prints them, such as A352@32,A70@33.`,
    );
  }
  if (replicationFactor === undefined) {
    throw new UsageError("--roster was given without --rf: a roster does not tell the replication factor.");
  }
  const { nodes, activeRack } = roster;
  return {
    topology: {
      namespace: {
        name: namespace,
        replicationFactor,
        strongConsistency: true,
        ...(activeRack !== 0 && { activeRack }),
      },
      nodes,
    },
    source: "--roster",
    notes: ["A roster does not tell heartbeats, quiesced nodes and regions: add them."],
  };
}
