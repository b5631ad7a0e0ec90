/** Everybody, in a security group. */
export const ANYWHERE = "0.0.0.0/0";

/**
 * Who may reach a cluster's ports: 3000 to 3003, with TLS 3011, 3012 and 4333. Clients (`clientCidrs`) need 3000 or 4333 alone,
 * and get no other.
 *
 * @example
 * ```ts
 * new StretchCluster(stack, "as-in-the-article", {
 *   namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
 *   racks: [
 *     { id: 1, vpc: london, nodes: 3 },
 *     { id: 2, vpc: paris, nodes: 3 },
 *   ],
 *   access: AerospikeAccess.open(),
 * });
 * ```
 */
export class AerospikeAccess {
  /** The hosts of the cluster's own VPCs only. */
  static own(): AerospikeAccess {
    return new AerospikeAccess([]);
  }

  /**
   * The whole world, as the article has it: all of them from 0.0.0.0/0, which nothing but access control then guards.
   *
   * It also changes what a security group does to a fault. A flow that a host accepts from 0.0.0.0/0 is not tracked, so
   * it ends as soon as the rule is gone; a tracked one goes on. So the method `security-group` of PartitionRule cuts a
   * cluster with open access, and only if both sides are edited.
   */
  static open(): AerospikeAccess {
    return new AerospikeAccess([ANYWHERE]);
  }

  /** @param sources CIDR blocks beside those of the cluster and its clients */
  private constructor(readonly sources: readonly string[]) {}

  get isOpen(): boolean {
    return this.sources.length > 0;
  }
}
