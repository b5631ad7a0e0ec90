import type { RegionVpcProps } from "../modules";

/** The article's regions and blocks, and the ones that its story goes on with. */
export const LONDON = { region: "eu-west-2", cidrBlock: "172.32.0.0/16" } satisfies RegionVpcProps;
export const PARIS = { region: "eu-west-3", cidrBlock: "172.33.0.0/16" } satisfies RegionVpcProps;
export const IRELAND = { region: "eu-west-1", cidrBlock: "172.30.0.0/16" } satisfies RegionVpcProps;
