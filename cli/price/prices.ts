import { VerdictError } from "../errors";
import table from "./prices.json";

/** Prices of one region, USD. */
export interface RegionPrices {
  /** An hour, by instance type. */
  readonly instances: Readonly<Record<string, number>>;
  /** A GB and month, by volume type. */
  readonly volumes: Readonly<Record<string, number>>;
  /** An hour and public IPv4 address. */
  readonly publicIpv4: number;
  /** An hour and NAT gateway. */
  readonly natGateway: number;
  /** An hour, interface endpoint and zone. */
  readonly endpoint: number;
  /** A month and alarm of CloudWatch, of standard resolution. */
  readonly alarm: number;
  /** A GB that leaves for another region. */
  readonly interRegion: number;
}

/** Day on which the prices were collected (`2025-03-02`). */
export const PRICE_DATE = table.date;
/** Days after which prices may well be others. */
const RECENT_DAYS = 180;
const DAY_MS = 24 * 3600 * 1000;

/** That the table is old, in a line, where it is. */
export function oldPrices(): string | undefined {
  const days = Math.floor((Date.now() - Date.parse(PRICE_DATE)) / DAY_MS);
  if (days <= RECENT_DAYS) return undefined;
  return `The table of prices is of ${PRICE_DATE}, ${days} days ago: prices may be others by now. Its sources stand in cli/price/prices.json, where they can be renewed.`;
}

/** Hours that AWS counts to a month. */
export const HOURS_PER_MONTH = table.hoursPerMonth;

const REGIONS: Readonly<Record<string, RegionPrices>> = table.regions;

/** @throws VerdictError where the table has none for the region */
export function pricesIn(region: string): RegionPrices {
  return known(REGIONS, region, "the region");
}

/** @throws VerdictError where the table has no price of that name */
export function known<T>(prices: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(prices, name)) return prices[name];
  throw new VerdictError(
    `There is no price for ${what} ${name} in the table of ${PRICE_DATE}, which has ${Object.keys(prices).join(", ")}. Add it to cli/price/prices.json.`,
  );
}
