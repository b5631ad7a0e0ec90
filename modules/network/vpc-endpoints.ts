import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { NAME_PREFIX } from "../stack/name-prefix";
import { Construct } from "constructs";
import type { IRegionVpc, IRouteTable } from "./i-region-vpc";

/** Services whose endpoints are interfaces in a subnet: the SSM agent's three, and the one that keeps the secrets. */
const INTERFACES = ["ssm", "ssmmessages", "ec2messages", "secretsmanager"] as const;

export interface VpcEndpointsProps {
  readonly vpc: IRegionVpc;
  /** Route table of the hosts, which gets the route to S3. */
  readonly routeTable: IRouteTable;
}

/**
 * What hosts without a way out need of AWS: an interface endpoint for each of Systems Manager's services and Secrets
 * Manager, with an address in every zone, and a gateway endpoint for the S3 buckets of the region. Cuts that would
 * sever a subnet from the endpoints are an error at synth.
 */
export class VpcEndpoints extends Construct {
  readonly interfaces: readonly VpcEndpoint[];
  readonly s3: VpcEndpoint;

  constructor(scope: Construct, id: string, props: VpcEndpointsProps) {
    super(scope, id);
    const { vpc, routeTable } = props;
    const { provider, vpcId, region } = vpc;
    const name = (service: string) => ({ Name: `${vpc.node.id}-${service}` });
    const group = new SecurityGroup(this, "group", {
      provider,
      vpcId,
      namePrefix: NAME_PREFIX,
      description: `Endpoints of ${vpc.node.id}`,
      tags: name("endpoints"),
    });
    for (const cidrIpv4 of vpc.cidrBlocks) {
      new VpcSecurityGroupIngressRule(this, `from-${cidrIpv4.replace("/", "-")}`, {
        provider,
        securityGroupId: group.id,
        description: `HTTPS from ${cidrIpv4}`,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4,
      });
    }
    const subnets = vpc.zoneLetters.map((letter) => vpc.subnet("endpoint", letter));
    for (const { cidr, zone } of subnets) {
      vpc.addControlCidr({ cidr, what: `the endpoints of Systems Manager in ${zone}` });
    }
    this.interfaces = INTERFACES.map(
      (service) =>
        new VpcEndpoint(this, service, {
          provider,
          vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${region}.${service}`,
          privateDnsEnabled: true,
          subnetIds: subnets.map((subnet) => subnet.id),
          securityGroupIds: [group.id],
          tags: name(service),
        }),
    );
    this.s3 = new VpcEndpoint(this, "s3", {
      provider,
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: [routeTable.id],
      tags: name("s3"),
    });
  }
}
