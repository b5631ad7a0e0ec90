import type { Topology } from "../../model";
import { billOf, type RegionBill } from "../price/bill";
import { clusterOf, type Stack } from "./stack";
import { synthesisedJson } from "./synthesised-json";

/** Where the writes of an estimate come from, and where they go. */
export interface Writes {
  readonly topology: Topology;
  /** Regions of the client hosts, else of the cluster. */
  readonly writers: readonly string[];
}

/**
 * What costs in a stack.
 *
 * @throws UsageError where it is HCL
 */
export function stackBill(stack: Stack): RegionBill[] {
  return billOf(synthesisedJson(stack));
}

/**
 * Who writes into the cluster of a stack.
 *
 * @throws UsageError where it has no such cluster
 */
export function writesOf(stack: Stack, clusterName?: string): Writes {
  const { topology } = clusterOf(stack, clusterName);
  const clients = stack.metadata.clients.map(({ region }) => region);
  const all = topology.nodes.flatMap(({ region }) => region ?? []);
  return { topology, writers: [...new Set(clients.length > 0 ? clients : all)] };
}
