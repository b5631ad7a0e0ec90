import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  type AerospikeSettings,
  type CannotHear,
  type ClientHostProps,
  FaultSwitch,
  StretchCluster,
  StretchTags,
} from "../modules";

/** A stack that is one experiment: a cluster and its faults. The stack, the preview and the rehearsal all read it. */
export abstract class Scenario extends TerraformStack {
  /** Settings of the servers: what `settings` in the context of cdktf.json says (feature key, version, ...). */
  protected readonly settings: AerospikeSettings;
  /** Of client hosts: those settings, and what `packageSpec` and `npmRegistry` in the context say. */
  protected readonly client: Pick<ClientHostProps, "settings" | "packageSpec" | "npmRegistry">;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.settings = this.node.tryGetContext("settings") ?? {};
    this.client = {
      settings: this.settings,
      packageSpec: this.node.tryGetContext("packageSpec"),
      npmRegistry: this.node.tryGetContext("npmRegistry"),
    };
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
