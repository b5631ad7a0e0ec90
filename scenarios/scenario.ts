import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  type AerospikeSettings,
  type CannotHear,
  FaultSwitch,
  StretchCluster,
  StretchTags,
} from "../modules";

/** A stack that is one experiment: a cluster and its faults. The stack, the preview and the rehearsal all read it. */
export abstract class Scenario extends TerraformStack {
  /** Settings of the servers: what `settings` in the context of cdktf.json says (feature key, version, ...). */
  protected readonly settings: AerospikeSettings;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.settings = this.node.tryGetContext("settings") ?? {};
    new StretchTags(this, "tags", { scenario: id });
  }

  /** The clusters of the stack. */
  get clusters(): readonly StretchCluster[] {
    return StretchCluster.inStackOf(this);
  }

  /** Who cannot hear whom in the (first) cluster, by fault. */
  faults(): Record<string, CannotHear> {
    const faultSwitch = FaultSwitch.of(this);
    const topology = this.clusters[0].topology();
    return Object.fromEntries(
      faultSwitch.faults.map((fault) => [fault, faultSwitch.cannotHear(fault, topology)]),
    );
  }
}
