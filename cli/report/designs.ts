import { type Judged, ranked, type Share, surely, writeTime } from "../designs/compare";
import { table } from "./table";
import type { Terminal } from "./terminal";

/** Designs side by side, and which of them to take. */
export function designsText(
  designs: readonly Judged[],
  sources: { readonly roundTrips: string; readonly prices: string },
  terminal: Terminal,
): string {
  const share = (one: Share | undefined) =>
    one === undefined ? "" : `${percent(one.percent)} (${one.losses.join(" + ")})`;
  return [
    table(
      "Designs (predicted): partitions served after losses, at worst; ms that the network adds, from each region",
      [
        "Design",
        "Nodes",
        "Copies",
        "A node",
        "A rack",
        "A region",
        "A link",
        "Two losses",
        "Write",
        "Linearized read",
        "USD/h",
      ],
      designs.map(({ name, nodes, copies, worst, two, times, hourly }) => [
        name,
        nodes,
        copies,
        share(worst.node),
        share(worst.rack),
        share(worst.region),
        share(worst.link),
        share(two),
        timesText(times, "write"),
        timesText(times, "linearizedRead"),
        hourly === undefined ? "not known" : hourly.toFixed(2),
      ]),
      terminal,
    ),
    recommendation(designs),
    `Round trips: ${sources.roundTrips}. Prices of ${sources.prices}, without traffic.`,
  ].join("\n\n");
}

/** Which design to take, in a sentence with its reason. */
export function recommendation(designs: readonly Judged[]): string {
  const [best, second] = ranked(designs);
  const cost = best.hourly === undefined ? "" : `, at ${best.hourly.toFixed(2)} USD an hour`;
  const serves = `it serves at least ${percent(surely(best))} after any single loss`;
  if (second === undefined) return `${best.name}: ${serves}${cost}.`;
  return `Take ${best.name}: ${serves}${cost}, ${reason(best, second)}.`;
}

/** What decides between the best and the next: in the order of the ranking. */
function reason(best: Judged, next: Judged): string {
  if (surely(best) !== surely(next)) {
    const worst = next.single.reduce((least, share) => (share.percent < least.percent ? share : least));
    return `where ${next.name}, the next, serves ${percent(worst.percent)} after the loss of ${worst.losses.join(" + ")}`;
  }
  const [two, other] = [best.two?.percent ?? 0, next.two?.percent ?? 0];
  if (two !== other)
    return `and ${percent(two)} after the worst two, where ${next.name}, the next, serves ${percent(other)}`;
  const [write, slower] = [writeTime(best), writeTime(next)];
  if (write !== slower) {
    return `as ${next.name} does, and its writes take ${write === undefined ? "an unknown time" : `${ms(write)} ms`} where those of ${next.name} take ${slower === undefined ? "an unknown time" : `${ms(slower)} ms`}`;
  }
  if (best.hourly !== next.hourly)
    return `as ${next.name} does for ${next.hourly === undefined ? "an unknown price" : `${next.hourly.toFixed(2)} USD`}`;
  return `as ${next.name} does: nothing here tells them apart`;
}

function percent(value: number): string {
  return `${Number(value.toFixed(1))} %`;
}

function ms(value: number): string {
  return `${Number(value.toFixed(1))}`;
}

function timesText(times: Judged["times"], of: "write" | "linearizedRead"): string {
  const parts = Object.entries(times).map(
    ([region, by]) => `${region} ${by[of] === undefined ? "not known" : ms(by[of])}`,
  );
  return parts.length === 0 ? "not known" : parts.join(", ");
}
