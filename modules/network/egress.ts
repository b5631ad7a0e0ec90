/**
 * How the hosts of a VPC reach out.
 * - `public-ip`: by public addresses of their own and an internet gateway, as in the article.
 * - `nat`: from private subnets, by a NAT gateway a zone.
 * - `none`: not at all but to AWS's services, by endpoints in the VPC: Systems Manager, Secrets Manager and the S3
 *   buckets of the region, Amazon Linux 2023's package repositories among them.
 */
export type Egress = "public-ip" | "nat" | "none";

export const EGRESS: readonly Egress[] = ["public-ip", "nat", "none"];
