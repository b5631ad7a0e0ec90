import { Command } from "commander";
import {
  decisionOf,
  healthyCluster,
  isServed,
  type PartitionMap,
  PARTITIONS,
  type Prediction,
  replicaIds,
} from "../../model";
import { UsageError } from "../errors";
import { didYouMean } from "../nearest";
import { loadExperiment, type Source } from "../experiment/load";
import { faultInWords, predicted } from "../experiment/predicted";
import { partitionPicture } from "../report/partition-picture";
import {
  afterOption,
  appOutputOption,
  clusterOption,
  faultOption,
  scenarioArgument,
  topologyOption,
} from "./options";
import type { Output } from "./output";
import { writeSvg } from "./svg";

interface Options extends Source {
  fault: string;
  after?: string;
  side?: string;
  svg?: string;
  json?: true;
}

/** `stretch map`: who is replica 0, 1, ... of each partition. */
export function mapCommand(output: Output): Command {
  return new Command("map")
    .summary("the partition map: who is replica 0, 1, ... of each of the 4096")
    .description(
      "Shows which node is replica 0, 1, ... of each of the 4096 partitions (predicted). In a fault: the replicas that the " +
        "sub-cluster of --side uses; partitions that it does not serve have none.",
    )
    .addArgument(scenarioArgument())
    .addOption(faultOption())
    .addOption(afterOption())
    .option("--side <NODE>", "id of a node: its sub-cluster's map")
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .option("--svg <FILE>", "a drawing of the working masters too")
    .option("--json", "the map as JSON: ids, and 4096 lists of node ids in the order of replicas")
    .action(async (scenario: string | undefined, options: Options) => {
      const experiment = await loadExperiment(scenario, options);
      const healthy = healthyCluster(experiment.topology);
      const prediction = predicted(healthy, experiment, options);
      const map = sideOf(prediction, options.fault, options.side);
      output.print(
        options.json
          ? JSON.stringify({
              ids: map.members,
              rows: Array.from({ length: PARTITIONS }, (_, partition) =>
                isServed(decisionOf(map, partition)) ? replicaIds(map, partition) : [],
              ),
            })
          : partitionPicture(map, output),
      );
      if (options.svg !== undefined) {
        const { mapSvg } = await import("../../pages/drawings/preview");
        writeSvg(options.svg, mapSvg(healthy, map, `${experiment.name}, fault ${faultInWords(options)}`));
      }
    });
}

function sideOf({ subClusters, orphans, down }: Prediction, fault: string, side?: string): PartitionMap {
  if (subClusters.length === 0) {
    if (orphans.length > 0) {
      throw new UsageError(
        `In fault "${fault}" no node is in a cluster: there is no map. Name another fault with --fault.`,
      );
    }
    throw new UsageError(
      `Every node is down in fault "${fault}": there is no map. Name a fault that leaves nodes alive with --fault.`,
    );
  }
  const ids = subClusters.flatMap(({ members }) => members);
  if (side === undefined) {
    if (subClusters.length === 1) return subClusters[0];
    throw new UsageError(
      `In fault "${fault}" there are ${subClusters.length} sub-clusters: name a node of one with --side, one of ${ids.join(", ")}.`,
    );
  }
  const id = side.toUpperCase();
  const map = subClusters.find(({ members }) => members.includes(id));
  if (map) return map;
  const reason = down.includes(id)
    ? `is down in fault "${fault}"`
    : orphans.some((orphan) => orphan.id === id)
      ? `is in no cluster in fault "${fault}" and serves nothing`
      : "is not a node of the cluster";
  throw new UsageError(
    `--side "${side}" ${reason}: expected one of ${ids.join(", ")}.${didYouMean(side, ids)}`,
  );
}
