import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import * as v from "valibot";
import { object } from "../stack/props";
import type { IRegionVpc, ISubnet } from "./i-region-vpc";

/** A VPC, whoever made it. */
export const VPC = object<IRegionVpc>(
  "a VPC (new RegionVpc, RegionVpc.fromExisting)",
  "region",
  "cidrBlocks",
  "subnet",
);

export const SUBNET = object<ISubnet>('a subnet (vpc.subnet("node", "a"))', "cidr", "acl", "vpc");

export const VPCS = v.array(VPC);

/** An AWS provider: of cdktf or its successor. */
export const PROVIDER = object<AwsProvider>("an AwsProvider", "alias", "region");
