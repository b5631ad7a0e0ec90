import type { TerraformStack } from "cdktf";
import { RegionVpc, type RegionVpcProps, StretchCluster, type StretchClusterProps } from "../../modules";

export const MYDATA = { name: "mydata", replicationFactor: 2, strongConsistency: true } as const;

export function london(stack: TerraformStack, props: Partial<RegionVpcProps> = {}): RegionVpc {
  return new RegionVpc(stack, "london", { region: "eu-west-2", cidrBlock: "10.32.0.0/16", ...props });
}

export function paris(stack: TerraformStack, props: Partial<RegionVpcProps> = {}): RegionVpc {
  return new RegionVpc(stack, "paris", { region: "eu-west-3", cidrBlock: "10.33.0.0/16", ...props });
}

/** A cluster of three nodes in London and three in Paris, unless racks are given; who routes between them is not said. */
export function cluster(stack: TerraformStack, props: Partial<StretchClusterProps> = {}): StretchCluster {
  const racks = props.racks ?? [
    { id: 32, vpc: london(stack), nodes: 3 },
    { id: 33, vpc: paris(stack), nodes: 3 },
  ];
  return new StretchCluster(stack, "cluster", { namespace: MYDATA, transit: true, ...props, racks });
}
