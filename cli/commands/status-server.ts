import type { ConnectOptions } from "../../lab/load/options";
import { ObserverProcess } from "../../lab/observe/observer-process";
import type { Sample } from "../../lab/observe/samples";
import { UsageError } from "../errors";
import { assertClient } from "../lab/aerospike-client";
import { withAsking } from "../lab/asking";
import { serverStatusText } from "../report/server-status";
import type { Output } from "./output";

/** What is looked at. */
export interface ServerOptions {
  readonly hosts: readonly string[];
  readonly namespace: string;
  readonly connect: ConnectOptions;
  readonly from?: string;
  readonly watch?: true;
  readonly json?: true;
}

/** Shows the nodes behind some addresses, and those that these know: once, or each second. */
export async function serverStatus(
  { hosts, namespace, connect, from, watch, json }: ServerOptions,
  output: Output,
): Promise<void> {
  assertClient();
  const all = await withAsking(hosts, connect, async (_, found) => found);
  const nodes = from === undefined ? all : only(from, all);
  const latest = new Map<string, Sample>();
  let complete: () => void = () => {};
  const observer = new ObserverProcess(
    { nodes: [...nodes].map(([id, address]) => ({ id, address })), namespace, ...connect },
    (sample) => {
      latest.set(sample.node, sample);
      if (latest.size === nodes.size) complete();
    },
  );
  try {
    do {
      const round = new Promise<void>((resolve) => (complete = resolve));
      await Promise.race([observer.ended, round]);
      const samples = [...nodes.keys()].map((id) => latest.get(id)!);
      latest.clear();
      output.print(
        json
          ? JSON.stringify({ namespace, nodes: samples })
          : serverStatusText(namespace, nodes, samples, output) + (watch ? "\n" : ""),
      );
    } while (watch);
  } finally {
    observer.kill();
  }
}

/** @throws UsageError where no node is meant. */
function only(from: string, nodes: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const meant = [...nodes].filter(([id, address]) => id === from.toUpperCase() || address === from);
  if (meant.length > 0) return new Map(meant);
  const known = [...nodes].map(([id, address]) => (id === address ? id : `${id} (${address})`));
  throw new UsageError(`There is no node "${from}": expected one of ${known.join(", ")}.`);
}
