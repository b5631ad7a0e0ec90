import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { NAME_PREFIX } from "../stack/name-prefix";
import { Construct } from "constructs";
import type { IRegionVpc } from "../network/i-region-vpc";

/** Aerospike's ports: 3000 service, 3001 fabric, 3002 heartbeat, 3003 info. */
export const AEROSPIKE_PORTS = { from: 3000, to: 3003 } as const;

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface HostSecurityGroupProps {
  readonly vpc: IRegionVpc;
  readonly description: string;
  /** TCP ports that the sources may reach. */
  readonly ports: PortRange;
  /** CIDR blocks that may reach them: one rule each. Groups cannot be named across regions. */
  readonly sources: readonly string[];
}

/** A security group that lets CIDR blocks reach some TCP ports, a rule a block, and its hosts reach everything. */
export class HostSecurityGroup extends Construct {
  readonly securityGroup: SecurityGroup;
  /** The ingress rules by CIDR block. */
  readonly ingress: ReadonlyMap<string, VpcSecurityGroupIngressRule>;

  constructor(scope: Construct, id: string, props: HostSecurityGroupProps) {
    super(scope, id);
    const { provider, vpcId } = props.vpc;
    this.securityGroup = new SecurityGroup(this, "group", {
      provider,
      vpcId,
      namePrefix: NAME_PREFIX,
      description: props.description,
      tags: { Name: `${scope.node.id}-${id}` },
    });
    this.ingress = new Map(
      [...new Set(props.sources)].map((cidrIpv4) => [
        cidrIpv4,
        new VpcSecurityGroupIngressRule(this, `from-${cidrIpv4.replace("/", "-")}`, {
          provider,
          securityGroupId: this.securityGroup.id,
          description: `TCP ${props.ports.from}-${props.ports.to} from ${cidrIpv4}`,
          ipProtocol: "tcp",
          fromPort: props.ports.from,
          toPort: props.ports.to,
          cidrIpv4,
        }),
      ]),
    );
    new VpcSecurityGroupEgressRule(this, "to-anywhere", {
      provider,
      securityGroupId: this.securityGroup.id,
      description: "Packages, AWS services, peers",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
  }
}
