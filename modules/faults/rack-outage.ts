import { Ec2InstanceState } from "@cdktf/provider-aws/lib/ec2-instance-state";
import { dependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import * as v from "valibot";
import { checkedId } from "../stack/construct-id";
import { type Fault, NO_FAULT } from "../../model/fault";
import type { Topology } from "../../model/topology";
import type { AerospikeNode } from "../cluster/aerospike-node";
import { InputError } from "../stack/errors";
import { checkProps, object, propsOf, told } from "../stack/props";
import { FaultRecord } from "./fault-record";
import { FAULT_SWITCH, FaultSwitch, type IFaultEffect } from "./fault-switch";
import { MOST_ARNS } from "./heal-role";
import { HealTimer } from "./heal-timer";
import type { Rack } from "../cluster/stretch-cluster";

/** Which rack stops, and the fault that stops it. */
export interface RackOutageProps {
  /** Name of the fault: the value of the stack's variable that stops the rack. */
  readonly fault: string;
  /** The rack that goes down (`cluster.rack(32)`). */
  readonly rack: Rack;
  /**
   * Variable that switches it.
   * @default the stack's `fault`
   */
  readonly faultSwitch?: FaultSwitch;
}

const PROPS = propsOf<RackOutageProps>({
  fault: v.string(),
  rack: object<Rack>("a rack of a cluster (cluster.rack(32))", "cluster", "nodes"),
  faultSwitch: v.optional(FAULT_SWITCH),
});

/**
 * All hosts of a rack stop while the fault lasts and start again when it is healed. Volumes and private addresses stay;
 * a public address changes with every start, so nothing may depend on it.
 *
 * A stop through EC2 shuts the operating system down, and so the server cleanly. One `aws_ec2_instance_state` a host
 * is always there and only its state depends on the fault: without it a host would stay as it is, stopped.
 *
 * @example
 * ```ts
 * new RackOutage(stack, "outage", { fault: "london-down", rack: cluster.rack(32) });
 * ```
 */
export class RackOutage extends Construct implements IFaultEffect {
  readonly fault: string;
  readonly rack: Rack;

  /** @throws InputError if another fault switch stops a host of the rack already */
  constructor(scope: Construct, id: string, props: RackOutageProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    this.fault = props.fault;
    this.rack = props.rack;
    const faultSwitch = props.faultSwitch ?? FaultSwitch.of(this);
    told(this, () => faultSwitch.register(props.fault, this));
    const { nodes, vpc } = props.rack;
    const hosts = told(this, () => nodes.map((node) => HostPower.of(node, faultSwitch)));
    const record = FaultRecord.of(this, vpc);
    for (const { node, instance } of nodes)
      record.add(`${this.node.path} ${node.path}`, "host", instance.id, props.fault);
    // As many at once as a role's policy has room for.
    for (let first = 0; first < nodes.length; first += MOST_ARNS) {
      const ids = nodes.slice(first, first + MOST_ARNS).map((node) => node.instance.id);
      HealTimer.of(faultSwitch, vpc).schedule(this, first === 0 ? "heal" : `heal-${first}`, {
        fault: props.fault,
        call: "startInstances",
        input: { InstanceIds: ids },
        resources: ids.map((instance) => HealTimer.ec2Arn(vpc, `instance/${instance}`)),
      });
    }
    for (const host of hosts) host.stopDuring(props.fault);
  }

  /** A node that is down hears nobody, not even itself. */
  effectOn(topology: Topology): Fault {
    const addresses = this.rack.nodes.map((node) => node.privateIp);
    const all = topology.nodes.map((node) => node.id);
    const down = topology.nodes.filter(({ address }) => address !== undefined && addresses.includes(address));
    return { ...NO_FAULT, cannotHear: Object.fromEntries(down.map(({ id }) => [id, all])) };
  }
}

/** Whether a host runs: the one resource that says so, shared by all outages that stop it. */
class HostPower extends Construct {
  static of(node: AerospikeNode, faultSwitch: FaultSwitch): HostPower {
    const made = node.node.tryFindChild("power");
    if (!(made instanceof HostPower)) return new HostPower(node, faultSwitch);
    if (made.faultSwitch === faultSwitch) return made;
    throw new InputError({
      problem: `two fault switches stop node ${node.nodeId}`,
      value: [made.faultSwitch.variableName, faultSwitch.variableName],
      expected: "one switch a host, as it has one state",
      mend: "Give both outages the same faultSwitch.",
    });
  }

  private readonly faults: string[] = [];

  private constructor(
    node: AerospikeNode,
    private readonly faultSwitch: FaultSwitch,
  ) {
    super(node, "power");
    const state = new Ec2InstanceState(this, "state", {
      provider: node.subnet.vpc.provider,
      instanceId: node.instance.id,
      state: Lazy.stringValue({ produce: () => faultSwitch.choose(this.faults, "stopped", "running") }),
    });
    const record = FaultRecord.of(this, node.subnet.vpc);
    state.dependsOn = Lazy.listValue({
      produce: () => [...faultSwitch.end.before, ...record.resources.map((resource) => dependable(resource))],
    });
  }

  stopDuring(fault: string): void {
    this.faults.push(fault);
  }
}
