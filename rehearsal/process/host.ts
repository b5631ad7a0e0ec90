/**
 * The process that the nodes live in: a client library may block the thread that connects it, so the nodes need their
 * own. It is driven by messages from its parent and ends with it.
 */
import { NO_FAULT } from "../../model";
import { RealClock } from "../cluster/clock";
import { Cluster } from "../cluster/cluster";
import { RefusedError } from "../errors";
import { Services } from "../service/connection";
import { statusOf } from "../status";
import { Listeners } from "../socket/listeners";
import type { FromHost, HostOptions, NodeAddresses, Request, Requests } from "./protocol";

type Handlers = {
  [Name in keyof Requests]: (
    ...args: Requests[Name]["args"]
  ) => Requests[Name]["result"] | Promise<Requests[Name]["result"]>;
};

interface Running {
  readonly cluster: Cluster;
  readonly services: Services;
  readonly listeners: Listeners;
}

let running: Running | undefined;

function started(): Running {
  if (!running) throw new Error("The rehearsal cluster has not been started.");
  return running;
}

async function start({
  topology,
  port = 0,
  security = false,
  ...options
}: HostOptions): Promise<NodeAddresses[]> {
  const cluster = new Cluster(topology, new RealClock(), { ...options, onEvent: (event) => say({ event }) });
  const places = [...new Set(cluster.nodes.map(({ region }) => region))];
  const services = new Services(cluster, security);
  const listeners = new Listeners(services, places, port);
  await listeners.open();
  cluster.start();
  running = { cluster, services, listeners };
  return cluster.nodes.map((node) => ({
    id: node.id,
    rack: node.rack,
    region: node.region,
    ownAddress: listeners.ownAddress(node),
    addresses: Object.fromEntries(places.map((region, place) => [region, listeners.address(node, place)])),
  }));
}

const handlers: Handlers = {
  start,
  fault: async (fault) => {
    const { cluster, listeners } = started();
    cluster.setFault(fault ?? NO_FAULT);
    await listeners.settled();
    return null;
  },
  stopNode: async (id, kind) => {
    const { cluster, listeners } = started();
    cluster.stopNode(id, kind);
    await listeners.settled();
    return null;
  },
  startNode: async (id) => {
    const { cluster, listeners } = started();
    cluster.startNode(id);
    await listeners.settled();
    return null;
  },
  info: (id, command) => {
    const { cluster, services, listeners } = started();
    const node = cluster.node(id);
    return node.up ? services.info(node, { address: (other) => listeners.address(other, 0) }, command) : null;
  },
  pauseNode: async (id) => {
    const { cluster, listeners } = started();
    cluster.pauseNode(id);
    await listeners.settled();
    return null;
  },
  resumeNode: async (id) => {
    const { cluster, listeners } = started();
    cluster.resumeNode(id);
    await listeners.settled();
    return null;
  },
  setClock: (id, ahead) => {
    started().cluster.setClock(id, ahead);
    return null;
  },
  status: () => statusOf(started().cluster),
  log: () => started().cluster.log.text(),
};

function say(message: FromHost): void {
  if (process.connected) process.send!(message);
}

process.on("message", ({ id, name, args }: Request) => {
  const handler = handlers[name] as (...given: unknown[]) => unknown;
  Promise.resolve()
    .then(() => handler(...args))
    .then(
      (result) => say({ id, result }),
      (error: Error) => say({ id, error: error.message, refused: error instanceof RefusedError }),
    );
});
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group, and so may a service manager's SIGTERM: the parent decides when the nodes end.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
