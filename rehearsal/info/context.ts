import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import type { Peers } from "./peers";

/** What an info command can see: the node asked, and by which way. */
export interface InfoContext {
  readonly cluster: Cluster;
  readonly node: Node;
  /** Addresses of all nodes as the place knows them by which the client came. */
  readonly peers: Peers;
  /** Open client connections of the node. */
  readonly connections: number;
  /** Whether the connection may change the cluster (sys-admin), and data (truncate). */
  readonly mayAdminister: boolean;
}

/** Parameters of a command: `a=1;b=2`. */
export type Parameters = ReadonlyMap<string, string>;
