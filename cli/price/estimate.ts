import type { Topology } from "../../model";
import type { RegionBill } from "./bill";
import { HOURS_PER_MONTH, known, pricesIn } from "./prices";
import { crossingsPerWrite } from "./traffic";

const SECONDS_AN_HOUR = 3600;
const GB = 1e9;

/** The load on the cluster. */
export interface WriteRate {
  readonly writesPerSecond: number;
  /** Bytes a record. */
  readonly recordSize: number;
}

/** One thing that costs. */
export interface PriceLine {
  readonly region: string;
  readonly item: string;
  readonly quantity: number;
  /** What is counted: `instances`, `GB`, ... */
  readonly unit: string;
  /** USD an hour. */
  readonly hourly: number;
}

/** Where clients write from, and how much. */
export interface Load extends WriteRate {
  readonly topology: Topology;
  /** Regions of the clients, each writing the same share. */
  readonly writers: readonly string[];
}

/**
 * What a stack costs an hour, line by line.
 *
 * @param load @default none
 * @throws VerdictError where the table has no price for something
 */
export function estimate(bills: readonly RegionBill[], load?: Load): PriceLine[] {
  const crossings =
    load && load.writesPerSecond > 0
      ? crossingsPerWrite(load.topology, load.writers)
      : new Map<string, number>();
  return bills.flatMap((bill) => {
    const { region } = bill;
    const prices = pricesIn(region);
    const line = (item: string, quantity: number, unit: string, price: number): PriceLine[] =>
      quantity === 0 ? [] : [{ region, item, quantity, unit, hourly: quantity * price }];
    const bytes = load ? load.writesPerSecond * load.recordSize : 0;
    const gigabytes = ((crossings.get(region) ?? 0) * bytes * SECONDS_AN_HOUR) / GB;
    return [
      ...Object.entries(bill.instances).flatMap(([type, count]) =>
        line(type, count, "instances", known(prices.instances, type, `instances in ${region} of the type`)),
      ),
      ...Object.entries(bill.volumes).flatMap(([type, size]) =>
        line(
          `${type} volumes`,
          size,
          "GB",
          known(prices.volumes, type, `volumes in ${region} of the type`) / HOURS_PER_MONTH,
        ),
      ),
      ...line("public IPv4", bill.publicIpv4, "addresses", prices.publicIpv4),
      ...line("NAT gateways", bill.natGateways, "gateways", prices.natGateway),
      ...line("interface endpoints", bill.endpoints, "zones", prices.endpoint),
      ...line("CloudWatch alarms", bill.alarms, "alarms", prices.alarm / HOURS_PER_MONTH),
      ...line("to other regions", gigabytes, "GB/h", prices.interRegion),
    ];
  });
}
