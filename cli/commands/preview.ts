import { isDeepStrictEqual } from "node:util";
import { Command, Option } from "commander";
import {
  clusterTimes,
  DEFAULT_HEARTBEATS,
  type Fault,
  healthyCluster,
  partitionCounts,
  PARTITIONS,
  partitionsByNode,
  type Prediction,
  type Topology,
} from "../../model";
import { VerdictError } from "../errors";
import { faultOf } from "../experiment/experiment";
import { loadExperiment, type Source } from "../experiment/load";
import { faultInWords, predicted } from "../experiment/predicted";
import { roundTripsOf } from "../experiment/round-trips";
import { membersJson } from "../report/members";
import { type Compared, observedText } from "../report/observed";
import { previewText } from "../report/preview";
import { observedPmap } from "../topology/asadm";
import { sidesOf } from "../../lab/run/sides";
import { writeSvg } from "./svg";
import { timesOf } from "../../lab/foretell/times";
import {
  afterOption,
  appOutputOption,
  clusterOption,
  decimal,
  faultOption,
  scenarioArgument,
  topologyOption,
} from "./options";
import type { Output } from "./output";

interface Options extends Source {
  fault: string;
  after?: string;
  ap?: true;
  failUnder?: number;
  json?: true;
  rtt?: string;
  observed?: string;
  svg?: string;
  full?: true;
}

/** `stretch preview`: the predicted picture of a fault. */
export function previewCommand(output: Output): Command {
  return new Command("preview")
    .summary("what a fault will do, before anything is paid for")
    .description(
      "Predicts what a fault does to the cluster of a scenario's stack, or of a topology file: who sees whom, who serves " +
        "which partitions, what clients get and what to do. Without a fault: the healthy cluster.",
    )
    .addArgument(scenarioArgument())
    .addOption(faultOption())
    .addOption(afterOption())
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .option("--ap", "as it would be without strong consistency")
    .addOption(
      new Option(
        "--fail-under <PERCENT>",
        "exit with 1 where no sub-cluster serves at least this share of the partitions",
      ).argParser(decimal("a percentage, 0 to 100", 0, 100)),
    )
    .option(
      "--rtt <FILE>",
      "round trips between regions of your own, in YAML or JSON, over the table of AWS's",
    )
    .option(
      "--observed <FILE>",
      "compares asadm's show pmap, as text or --json, with the prediction node by node; exit code 1 where they differ",
    )
    .option(
      "--svg <FILE>",
      "a drawing of it too: the topology with the cut, and the 4096 partitions by owner",
    )
    .option("--full", "asadm's tables too: maps and rosters as each side sees them, and racks")
    .option("--json", "the prediction as JSON")
    .action(async (scenario: string | undefined, options: Options) => {
      const experiment = await loadExperiment(scenario, options);
      const fault = faultOf(experiment, options.fault);
      const { topology } = experiment;
      const healthy = healthyCluster(
        options.ap
          ? { ...topology, namespace: { ...topology.namespace, strongConsistency: false } }
          : topology,
      );
      const prediction = predicted(healthy, experiment, options);
      const roundTrips = roundTripsOf(options.rtt, experiment.roundTrips);
      const times = timesOf(healthy, prediction, roundTrips, fault);
      const { name, sideOf } = experiment;
      const observed =
        options.observed === undefined
          ? undefined
          : { file: options.observed, compared: compare(options.observed, topology, prediction) };
      output.print(
        options.json
          ? JSON.stringify(
              {
                ...previewJson(name, options, fault, prediction),
                ...timingJson(topology),
                times,
                roundTrips: roundTrips.source,
                ...(observed && { observed: observed.compared }),
              },
              null,
              2,
            )
          : previewText(
              {
                name,
                faultName: options.fault,
                afterName: options.after,
                fault,
                healthy,
                prediction,
                times,
                roundTrips,
                full: options.full === true,
                sideOf,
              },
              output,
            ),
      );
      if (observed && !options.json)
        output.print(`\n${observedText(observed.file, observed.compared, output)}`);
      const differing = (observed?.compared ?? []).filter(({ same }) => !same).map(({ node }) => node);
      if (differing.length > 0) {
        throw new VerdictError(`What was observed is not as predicted on ${differing.join(", ")}.`);
      }
      if (options.svg !== undefined) {
        const { previewSvg } = await import("../../pages/drawings/preview");
        const sides = sidesOf(topology, sideOf);
        writeSvg(
          options.svg,
          previewSvg({ name, faultName: faultInWords(options), healthy, fault, prediction, sides }),
        );
      }
      if (options.failUnder !== undefined) checkShare(prediction, options.failUnder);
    });
}

function previewJson(
  scenario: string,
  { fault, after }: Options,
  { refuses }: Fault,
  prediction: Prediction,
): object {
  return {
    scenario,
    fault,
    ...(after !== undefined && { after }),
    subClusters: prediction.subClusters.map((map) => ({
      nodes: map.members,
      partitions: partitionCounts(map),
      perNode: partitionsByNode(map),
    })),
    ...membersJson(prediction),
    refuses,
    predictedBecause: prediction.predictedBecause,
  };
}

/** What decides how fast the cluster changes, and when a cut has made new clusters, in milliseconds. */
function timingJson({ heartbeats }: Topology): object {
  const { newClusters } = clusterTimes(heartbeats);
  return {
    heartbeats: { ...DEFAULT_HEARTBEATS, ...heartbeats },
    newClusters,
  };
}

function checkShare({ subClusters }: Prediction, percentage: number): void {
  const best = Math.max(0, ...subClusters.map((map) => partitionCounts(map).available));
  if (best * 100 < percentage * PARTITIONS) {
    const share = ((best * 100) / PARTITIONS).toFixed(1);
    throw new VerdictError(
      `The sub-cluster that serves most serves ${best} of ${PARTITIONS} partitions (${share} %): under the ${percentage} % of --fail-under.`,
    );
  }
}

/** What a `show pmap` says beside the prediction, node by node. */
function compare(file: string, { namespace, nodes }: Topology, { subClusters }: Prediction): Compared[] {
  const predicted = new Map(subClusters.flatMap((map) => Object.entries(partitionsByNode(map))));
  return observedPmap(file, namespace.name, nodes).map(({ id: node, ...observed }) => {
    const foretold = predicted.get(node);
    return {
      node,
      observed,
      ...(foretold && { predicted: foretold }),
      same: isDeepStrictEqual(observed, foretold),
    };
  });
}
