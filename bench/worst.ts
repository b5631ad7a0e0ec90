/**
 * Figures of `stretch worst`: time of all sets of up to two losses of 100 nodes in three regions.
 *
 *     node --import tsx bench/worst.ts
 */
import { healthyCluster, Losses, type Topology } from "../model";

const NODES = 100;
const GOAL_MS = 10_000;

const regions = ["eu-west-2", "eu-west-3", "eu-west-1"];
const topology: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: Array.from({ length: NODES }, (_, i) => ({
    id: (0xa000 + 7 * i).toString(16).toUpperCase(),
    rack: 1 + (i % 6),
    region: regions[i % 3],
  })),
};
const began = performance.now();
const sets = new Losses(healthyCluster(topology)).smallestSets(2);
const ms = performance.now() - began;
console.log(
  `worst --up-to 2 of ${NODES} nodes: ${(ms / 1000).toFixed(1)} s, goal ${GOAL_MS / 1000} s; ${sets.length} sets`,
);
if (ms > GOAL_MS) process.exitCode = 1;
