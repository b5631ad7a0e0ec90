import type { AerospikeSettings } from "./aerospike-settings";

/** A port of a server, by what it is for: clients, copies, heartbeats. */
export type AerospikePort = "service" | "fabric" | "heartbeat";

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

const PLAIN: Readonly<Record<AerospikePort, number>> = { service: 3000, fabric: 3001, heartbeat: 3002 };
/** The numbers that Aerospike's documents have for TLS. */
const TLS: Readonly<Record<AerospikePort, number>> = { service: 4333, fabric: 3011, heartbeat: 3012 };

/** The ports of a cluster's servers, by what they are for: those of TLS where its settings have it, else the plain ones. */
export function portsOf({ tls }: Pick<AerospikeSettings, "tls">): Readonly<Record<AerospikePort, number>> {
  return tls === undefined ? PLAIN : TLS;
}

/** What nodes of a cluster need of each other; without TLS with the former info port, 3003, as in the article. */
export function nodeRanges({ tls }: Pick<AerospikeSettings, "tls">): readonly PortRange[] {
  return tls === undefined ? [{ from: 3000, to: 3003 }] : ranges(Object.values(TLS));
}

/** Ports as ranges, neighbours joined. */
export function ranges(ports: readonly number[]): readonly PortRange[] {
  const joined: PortRange[] = [];
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const last = joined.at(-1);
    if (last?.to === port - 1) joined[joined.length - 1] = { from: last.from, to: port };
    else joined.push({ from: port, to: port });
  }
  return joined;
}

/** `3000-3003`, `3011-3012 and 4333`. */
export function rangesText(all: readonly PortRange[]): string {
  return all.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(" and ");
}
