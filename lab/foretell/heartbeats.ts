import {
  beyondLatencyMax,
  type Bounds,
  clusterTimes,
  DEFAULT_HEARTBEATS,
  type Fault,
  latencyMax,
  linkQuality,
  type RoundTrips,
  roundTrip,
  type Topology,
} from "../../model";

/** Heartbeats that Aerospike's documents advise in clouds ("Network heartbeat configuration", cloud consideration). */
const CLOUD = { interval: 150, timeout: 20 };

/** Seconds after which a node that is silent counts as lost. */
export function missedAfter({ heartbeats }: Pick<Topology, "heartbeats">): number {
  const { interval, timeout } = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  return seconds(interval * timeout);
}

/** How fast the cluster changes, and what the advice for clouds would cost. */
export function heartbeatsText({ heartbeats }: Topology): string {
  const own = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  const { interval, timeout, latencyMaxMs } = own;
  const advised = { ...own, ...CLOUD };
  const text =
    `Heartbeats of ${interval} ms x ${timeout}, latency-max-ms ${latencyMaxMs}: a lost node is missed after ` +
    `${missedAfter({ heartbeats })} s, new clusters have formed ${range(clusterTimes(own).newClusters)} s after a cut`;
  return interval * timeout >= CLOUD.interval * CLOUD.timeout
    ? `${text}.`
    : `${text} (with 150 ms x 20, as Aerospike's documents advise in clouds, against false alarms: ` +
        `${range(clusterTimes(advised).newClusters)} s).`;
}

/** When writes time out in doubt, as "1.5 to 4". */
export function inDoubtText({ heartbeats }: Topology): string {
  return range(clusterTimes(heartbeats).inDoubt);
}

/** Advice where the regions are farther apart than the servers were told, or nobody knows how far. */
export function latencyAdvice({ nodes, heartbeats }: Topology, roundTrips: RoundTrips): string[] {
  const { latencyMaxMs } = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  const regions = nodes.map(({ region }) => region);
  const { milliseconds, unknown } = latencyMax(regions, roundTrips);
  const beyond = beyondLatencyMax(regions, latencyMaxMs, roundTrips);
  return [
    ...beyond
      .slice(0, 1)
      .map(
        ({ regions: [a, b], oneWay }) =>
          `Set latency-max-ms ${milliseconds} in the fabric stanza, and restart the nodes one by one: ${a} and ${b} are ${Number(oneWay.toFixed(1))} ms apart one way, ` +
          `beyond the ${latencyMaxMs} that is set: clusters may form late or flap.`,
      ),
    ...(unknown.length > 0
      ? [
          `Measure the round trip between ${unknown.map((pair) => pair.join(" and ")).join(", ")} and give it with --rtt: no figure of it is known here.`,
        ]
      : []),
  ];
}

/** A warning where a fault makes a link between two nodes slower, one way, than the servers were told: of the slowest. */
export function slowLinkAdvice(
  { nodes, heartbeats }: Topology,
  { links = [] }: Fault,
  roundTrips: RoundTrips,
): string[] {
  const { latencyMaxMs } = { ...DEFAULT_HEARTBEATS, ...heartbeats };
  let slowest = { oneWay: latencyMaxMs, pair: "" };
  for (const [i, a] of nodes.entries()) {
    for (const b of nodes.slice(i + 1)) {
      const { delay } = linkQuality(links, a, b);
      const oneWay = (roundTrip(roundTrips, a.region, b.region) ?? 0) / 2 + delay;
      if (delay > 0 && oneWay > slowest.oneWay) slowest = { oneWay, pair: `${a.id} and ${b.id}` };
    }
  }
  if (slowest.pair === "") return [];
  return [
    `Expect clusters that form late or flap while it lasts: ${slowest.pair} are ${Number(slowest.oneWay.toFixed(1))} ms apart one way, beyond the latency-max-ms ${latencyMaxMs} that is set.`,
  ];
}

function range([from, to]: Bounds): string {
  return `${seconds(from)} to ${seconds(to)}`;
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(1));
}
