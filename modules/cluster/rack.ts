import type { AerospikeNode } from "./aerospike-node";
import type { IRegionVpc } from "../network/i-region-vpc";
import type { StretchCluster } from "./stretch-cluster";

/** The nodes of one rack of a cluster: what `StretchCluster.rack` gives, to cut off or to stop. */
export interface Rack {
  readonly id: number;
  readonly vpc: IRegionVpc;
  readonly cluster: StretchCluster;
  readonly nodes: readonly AerospikeNode[];
}
