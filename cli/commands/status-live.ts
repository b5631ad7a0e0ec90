import { setTimeout as rest } from "node:timers/promises";
import { monotonic } from "../../lab/load/clock";
import { lookCommands, nodeState } from "../../lab/observe/node-state";
import type { Sample } from "../../lab/observe/samples";
import type { Ask } from "../../lab/recover/situation";
import { UsageError } from "../errors";
import type { LiveHosts } from "../live/live-hosts";
import { serverStatusText } from "../report/server-status";
import type { Output } from "./output";

/** Milliseconds between two looks: each is a Run Command a region. */
const LOOK = 10_000;

interface Look {
  readonly namespace: string;
  readonly from?: string;
  readonly watch?: true;
  readonly json?: true;
}

/** Shows the nodes of a deployed stack, each asked on its own host: once, or again and again. */
export async function liveStatus(
  { nodes: all, ask }: LiveHosts,
  { namespace, from, watch, json }: Look,
  output: Output,
): Promise<void> {
  const nodes = from === undefined ? all : all.filter(({ id }) => id === from.toUpperCase());
  if (nodes.length === 0) {
    throw new UsageError(
      `There is no node "${from}": expected one of ${all.map(({ id }) => id).join(", ")}.`,
    );
  }
  const addresses = new Map(nodes.map(({ id, address }) => [id, address]));
  do {
    const samples = await Promise.all(nodes.map(({ id }) => sampleOf(id, ask, namespace)));
    output.print(
      json
        ? JSON.stringify(samples)
        : serverStatusText(namespace, addresses, samples, output) + (watch ? "\n" : ""),
    );
    if (watch) await rest(LOOK);
  } while (watch);
}

async function sampleOf(node: string, ask: Ask, namespace: string): Promise<Sample> {
  const asked = monotonic();
  const commands = lookCommands(namespace);
  const texts = await Promise.all(commands.map((command) => ask(node, command)));
  const at = monotonic();
  const took = Math.round((at - asked) / 1000);
  if (texts.includes(undefined))
    return { at, node, took, gap: "its host, or the server there, does not answer" };
  return {
    at,
    node,
    took,
    state: nodeState(namespace, new Map(commands.map((command, i) => [command, texts[i]!]))),
  };
}
