import { existsSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { AWS_ROUND_TRIPS, type Topology } from "../../model";
import { designTopology, DESIGN_REGIONS } from "../designs/notation";
import { type Design, judge, ranked } from "../designs/compare";
import { UsageError, VerdictError } from "../errors";
import { roundTripsOf } from "../experiment/round-trips";
import { loadTopologyFile } from "../experiment/topology-file";
import type { RegionBill } from "../price/bill";
import { estimate } from "../price/estimate";
import { oldPrices, PRICE_DATE } from "../price/prices";
import { designsText, recommendation } from "../report/designs";
import { stackBill } from "../scenario/bill";
import { experimentOf } from "../scenario/experiment";
import { loadStack } from "../scenario/stack";
import { appOutputOption, clusterOption } from "./options";
import type { Output } from "./output";

interface Options {
  designs?: string[];
  regions?: readonly string[];
  rf?: number;
  rtt?: string;
  instanceType: string;
  appOutput?: string;
  cluster?: string;
  json?: true;
}

/** `stretch compare-designs`: which design to build. */
export function compareDesignsCommand(output: Output): Command {
  return new Command("compare-designs")
    .summary("designs side by side: what is left after losses, what operations take, what an hour costs")
    .description(
      "Judges topology files, stacks and designs in short (--designs 3:3,4:3,3:3+1,3:3:3,3:3/active) by prediction: the share of the partitions that " +
        "the sub-cluster which serves most serves after each single loss of a node, rack, region or link, and after the worst two; copies; " +
        "what the network adds to writes and linearized reads from each region; price. And says which to take, and why.",
    )
    .argument("[DESIGN...]", "topology files, stacks of this folder's app, or scenarios")
    .addOption(
      new Option(
        "--designs <LIST>",
        "designs in short: nodes a region, +N quiesced in a further one, /active",
      ).argParser((text) => text.split(",")),
    )
    .addOption(
      new Option(
        "--regions <LIST>",
        `regions of those designs, in order (default: ${DESIGN_REGIONS.join(",")})`,
      ).argParser((text) => text.split(",")),
    )
    .addOption(
      new Option("--rf <N>", "copies of those designs (default: one a region, 2 or 3)").argParser(copies),
    )
    .option("--instance-type <TYPE>", "of the nodes of files and designs, for their price", "t3a.medium")
    .option(
      "--rtt <FILE>",
      "round trips between regions of your own, in YAML or JSON, over the table of AWS's",
    )
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .option("--json", "all figures as JSON")
    .action(async (names: string[], options: Options) => {
      const designs = [
        ...(await Promise.all(names.map((name) => named(name, options)))),
        ...written(options),
      ];
      if (designs.length === 0) {
        throw new UsageError("No design was given: expected topology files, stacks, or --designs 3:3,4:3.");
      }
      const judged = designs.map(judge);
      const roundTrips = [...new Set(designs.map((design) => design.roundTrips.source))].join("; ");
      output.print(
        options.json
          ? JSON.stringify(
              {
                designs: judged,
                take: ranked(judged)[0].name,
                because: recommendation(judged),
                roundTrips,
                prices: PRICE_DATE,
              },
              null,
              2,
            )
          : designsText(judged, { roundTrips, prices: PRICE_DATE }, output),
      );
      const old = oldPrices();
      if (old !== undefined) output.complain(old);
    });
}

/** A topology file, or a stack. */
async function named(name: string, options: Options): Promise<Design> {
  if (/\.(ya?ml|json)$/.test(name) || existsSync(name)) {
    const { topology, roundTrips } = loadTopologyFile(name);
    return {
      name,
      topology,
      roundTrips: roundTripsOf(options.rtt, roundTrips),
      hourly: hourlyOf(billOfNodes(topology, options.instanceType)),
    };
  }
  const stack = await loadStack(name, options.appOutput);
  const { topology, roundTrips, name: own } = experimentOf(stack, options.cluster);
  return {
    name: own,
    topology,
    roundTrips: roundTripsOf(options.rtt, roundTrips),
    hourly: hourlyOf(stackBill(stack)),
  };
}

function written({ designs = [], regions = DESIGN_REGIONS, rf, rtt, instanceType }: Options): Design[] {
  return designs.map((text) => {
    const topology = designTopology(text, regions, rf);
    if (topology.namespace.replicationFactor > topology.nodes.filter(({ quiesced }) => !quiesced).length) {
      throw new UsageError(
        `The design "${text}" has fewer nodes with data than copies, ${topology.namespace.replicationFactor}: add nodes, or give --rf.`,
      );
    }
    return {
      name: text,
      topology,
      roundTrips: roundTripsOf(rtt, AWS_ROUND_TRIPS),
      hourly: hourlyOf(billOfNodes(topology, instanceType)),
    };
  });
}

/** What hosts of a StretchCluster have by default: a root and a data volume, and a public address. */
function billOfNodes({ nodes }: Topology, instanceType: string): RegionBill[] | undefined {
  if (nodes.some(({ region }) => region === undefined)) return undefined;
  return [...new Set(nodes.map(({ region }) => region!))].map((region) => {
    const count = nodes.filter((node) => node.region === region).length;
    return {
      region,
      instances: { [instanceType]: count },
      volumes: { gp2: 10 * count, gp3: 8 * count },
      publicIpv4: count,
      natGateways: 0,
      endpoints: 0,
      alarms: 0,
    };
  });
}

/** USD an hour; undefined where the table of prices lacks something. */
function hourlyOf(bills: readonly RegionBill[] | undefined): number | undefined {
  if (bills === undefined) return undefined;
  try {
    return estimate(bills).reduce((sum, { hourly }) => sum + hourly, 0);
  } catch (error) {
    if (error instanceof VerdictError) return undefined;
    throw error;
  }
}

function copies(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Expected a number of copies, 1 or more.");
  return Number(text);
}
