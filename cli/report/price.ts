import { table } from "./table";
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

/** One thing that costs. */
export interface PriceRow {
  readonly region: string;
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  /** USD an hour. */
  readonly hourly: number;
}

/** A price estimate in text. */
export interface PricePicture {
  /** Name of the scenario. */
  readonly name: string;
  readonly lines: readonly PriceRow[];
  /** Load that the traffic is for, in words. */
  readonly load: string;
  /** Day of the price table. */
  readonly date: string;
}

/** Hours that a stack lives by default (the tag `expires`). */
const LIFE = 30;

/** An hour's cost, a line a thing, a sum a region, and the whole. */
export function priceText({ name, lines, load, date }: PricePicture, terminal: Terminal): string {
  const regions = [...new Set(lines.map(({ region }) => region))];
  const total = sum(lines);
  return [
    table(
      `${name}: USD an hour`,
      ["Region", "Item", "Quantity", "Unit", "USD/h"],
      regions.flatMap((region) => {
        const own = lines.filter((line) => line.region === region);
        return [
          ...own.map((line) => [region, line.item, count(line.quantity), line.unit, usd(line.hourly)]),
          [region, "together", "", "", usd(sum(own))],
        ];
      }),
      terminal,
    ),
    `All regions: ${total.toFixed(2)} USD an hour, ${(total * LIFE).toFixed(2)} USD until the default expiry of ${LIFE} hours.`,
    [
      `Traffic between regions: ${load}.`,
      `Prices on demand, without tax, of ${date} (cli/price/prices.json names the sources).`,
      "Not counted: traffic to the internet and between zones, data through NAT gateways and endpoints, S3, heartbeats, requests to SQS " +
        "and EventBridge Scheduler (a queue is empty until the end of a fault fails), and the server's licence.",
    ].join(" "),
  ]
    .map((text, i) => (i === 0 ? text : wrapped(text, terminal.columns)))
    .join("\n\n");
}

function sum(lines: readonly PriceRow[]): number {
  return lines.reduce((total, { hourly }) => total + hourly, 0);
}

function count(quantity: number): string {
  return (Number.isInteger(quantity) ? String(quantity) : quantity.toFixed(3)).padStart(8);
}

function usd(amount: number): string {
  return amount.toFixed(4).padStart(9);
}
