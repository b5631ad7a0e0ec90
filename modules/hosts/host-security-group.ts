import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { NAME_PREFIX } from "../stack/name-prefix";
import { countTowardsQuota, QUOTAS } from "../stack/quotas";
import { Construct } from "constructs";
import type { PortRange } from "./aerospike-ports";
import type { IRegionVpc } from "../network/i-region-vpc";

export interface HostSecurityGroupProps {
  readonly vpc: IRegionVpc;
  readonly description: string;
  readonly admitted: readonly Admitted[];
}

/** Who is let in, and where to. */
export interface Admitted {
  /** CIDR blocks: one rule each, the first that names a block. Groups cannot be named across regions. */
  readonly sources: readonly string[];
  /** TCP ports that they may reach: a rule each. */
  readonly ports: readonly PortRange[];
}

/** A security group that lets CIDR blocks reach some TCP ports, a rule a block and range, and its hosts reach everything. */
export class HostSecurityGroup extends Construct {
  readonly securityGroup: SecurityGroup;
  /** The ingress rules by CIDR block. */
  readonly ingress: ReadonlyMap<string, readonly VpcSecurityGroupIngressRule[]>;

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
    const ingress = new Map<string, VpcSecurityGroupIngressRule[]>();
    for (const { sources, ports } of props.admitted) {
      for (const cidrIpv4 of sources) {
        if (ingress.has(cidrIpv4)) continue;
        const id = `from-${cidrIpv4.replace("/", "-")}`;
        const rules = ports.map(
          ({ from, to }, i) =>
            new VpcSecurityGroupIngressRule(this, i === 0 ? id : `${id}-${from}`, {
              provider,
              securityGroupId: this.securityGroup.id,
              description: `TCP ${from}-${to} from ${cidrIpv4}`,
              ipProtocol: "tcp",
              fromPort: from,
              toPort: to,
              cidrIpv4,
            }),
        );
        ingress.set(cidrIpv4, rules);
      }
    }
    this.ingress = ingress;
    const { region } = props.vpc;
    countTowardsQuota(this, () => ({
      quota: QUOTAS.groupRules,
      provider,
      region,
      what: `the security group ${this.node.path}`,
      count: [...ingress.values()].flat().length,
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
