import { Command, Option } from "commander";
import { priceText } from "../report/price";
import { stackBill, writesOf } from "../scenario/bill";
import { loadStack } from "../scenario/stack";
import { appOutputOption, clusterOption, decimal, neededScenarioArgument, whole } from "./options";
import type { Output } from "./output";

/** A record fills a write block at most. */
const MOST_RECORD_BYTES = 8 * 1024 * 1024;

interface Options {
  appOutput?: string;
  cluster?: string;
  writes: number;
  recordSize: number;
  json?: true;
}

/** `stretch price`: what a scenario costs an hour. */
export function priceCommand(output: Output): Command {
  return new Command("price")
    .summary("what a stack costs an hour, by region, before it is built")
    .description(
      "Estimates what a stack costs an hour in each region, from a dated table of AWS's prices: instances, " +
        "volumes, public addresses, NAT gateways, endpoints, and the traffic between regions at a rate of writes, which are made " +
        "in equal shares by the client hosts, in a stack without them in every region of the cluster: to the master, and from it to the other replicas.",
    )
    .addArgument(neededScenarioArgument())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .addOption(
      new Option("--writes <RATE>", "writes a second")
        .default(0)
        .argParser(decimal("writes a second, 0 to 1000000000", 0, 1e9)),
    )
    .addOption(
      new Option("--record-size <BYTES>", "size of a record")
        .default(1024)
        .argParser(whole(`whole bytes, 0 to ${MOST_RECORD_BYTES}`, 0, MOST_RECORD_BYTES)),
    )
    .option("--json", "the lines as JSON")
    .action(async (scenario: string, { appOutput, cluster, writes, recordSize, json }: Options) => {
      const { estimate } = await import("../price/estimate");
      const { oldPrices, PRICE_DATE } = await import("../price/prices");
      const stack = await loadStack(scenario, appOutput);
      const written = writes > 0 || cluster !== undefined ? writesOf(stack, cluster) : undefined;
      const lines = estimate(
        stackBill(stack),
        written && { ...written, writesPerSecond: writes, recordSize },
      );
      const load =
        written === undefined || writes === 0
          ? "none (--writes gives a rate)"
          : `${writes} writes of ${recordSize} bytes a second, from ${written.writers.join(" and ")}`;
      output.print(
        json
          ? JSON.stringify({ scenario, date: PRICE_DATE, currency: "USD", lines }, null, 2)
          : priceText({ name: scenario, lines, load, date: PRICE_DATE }, output),
      );
      const old = oldPrices();
      if (old !== undefined) output.complain(old);
    });
}
