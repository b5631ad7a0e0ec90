import type { Fault, StopKind, Topology } from "../../model";
import type { ClusterOptions } from "../cluster/cluster";
import type { LogEvent } from "../cluster/event-log";
import type { ClusterStatus } from "../cluster-status";

/** How a rehearsal cluster on sockets is started. */
export interface HostOptions extends Omit<ClusterOptions, "onEvent"> {
  /** Its nodes and namespace, as a `StretchCluster` prints them (`topology()`) or as plain data. */
  readonly topology: Topology;
  /** First port: node i listens for place j at port + 10 i + j; 0 = free ports. @default 0 */
  readonly port?: number;
  /** Whether clients have to log in. @default false */
  readonly security?: boolean;
}

/** Where a node listens, by region. */
export interface NodeAddresses {
  /** Aerospike node id. */
  readonly id: string;
  /** Rack id as configured. */
  readonly rack: number;
  /** Region that it stands in. */
  readonly region: string;
  /** `host:port` for the clients of each region. */
  readonly addresses: Readonly<Record<string, string>>;
  /** `host:port` for whoever asks on the node's own host: no fault is in the way. */
  readonly ownAddress: string;
}

/** What can be asked of the process that the nodes live in. */
export interface Requests {
  start: { args: [HostOptions]; result: readonly NodeAddresses[] };
  fault: { args: [Fault | null]; result: null };
  stopNode: { args: [string, StopKind]; result: null };
  startNode: { args: [string]; result: null };
  pauseNode: { args: [string]; result: null };
  resumeNode: { args: [string]; result: null };
  setClock: { args: [string, number]; result: null };
  info: { args: [string, string]; result: string | null };
  status: { args: []; result: ClusterStatus };
  log: { args: []; result: string };
}

/** A request to the process of the nodes. */
export interface Request<Name extends keyof Requests = keyof Requests> {
  readonly id: number;
  readonly name: Name;
  readonly args: Requests[Name]["args"];
}

/** What it says: the answer to a request, or an event as it happens. */
export type FromHost =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string; readonly refused: boolean }
  | { readonly event: LogEvent };
