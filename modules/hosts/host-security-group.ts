import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { NAME_PREFIX } from "../stack/name-prefix";
import { countTowardsQuota, QUOTAS } from "../stack/quotas";
import { Construct } from "constructs";
import type { IRegionVpc } from "../network/i-region-vpc";

/** Aerospike's ports: 3000 service, 3001 fabric, 3002 heartbeat, 3003 info. */
export const AEROSPIKE_PORTS = { from: 3000, to: 3003 } as const;

/** The one of them that clients need. */
export const SERVICE_PORT = { from: 3000, to: 3000 } as const;

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface HostSecurityGroupProps {
  readonly vpc: IRegionVpc;
  readonly description: string;
  readonly admitted: readonly Admitted[];
}

/** Who is let in, and where to. */
export interface Admitted {
  /** CIDR blocks: one rule each, the first that names a block. Groups cannot be named across regions. */
  readonly sources: readonly string[];
  /** TCP ports that they may reach. */
  readonly ports: PortRange;
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
    const ingress = new Map<string, VpcSecurityGroupIngressRule>();
    for (const { sources, ports } of props.admitted) {
      for (const cidrIpv4 of sources) {
        if (ingress.has(cidrIpv4)) continue;
        ingress.set(
          cidrIpv4,
          new VpcSecurityGroupIngressRule(this, `from-${cidrIpv4.replace("/", "-")}`, {
            provider,
            securityGroupId: this.securityGroup.id,
            description: `TCP ${ports.from}-${ports.to} from ${cidrIpv4}`,
            ipProtocol: "tcp",
            fromPort: ports.from,
            toPort: ports.to,
            cidrIpv4,
          }),
        );
      }
    }
    this.ingress = ingress;
    const { region } = props.vpc;
    countTowardsQuota(this, () => ({
      quota: QUOTAS.groupRules,
      provider,
      region,
      what: `the security group ${this.node.path}`,
      count: ingress.size,
    }));
    new VpcSecurityGroupEgressRule(this, "to-anywhere", {
      provider,
      securityGroupId: this.securityGroup.id,
      description: "Packages, AWS services, peers",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
  }
}
