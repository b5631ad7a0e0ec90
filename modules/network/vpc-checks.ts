import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { InputError } from "../stack/errors";
import type { IRegionVpc } from "./i-region-vpc";

/** @throws InputError if a VPC's provider is of another stack: this one would have resources of a provider that it lacks. */
export function assertOwnStack(scope: Construct, vpcs: readonly IRegionVpc[]): void {
  for (const vpc of vpcs) {
    const [own, other] = [TerraformStack.of(scope), TerraformStack.of(vpc.provider)];
    if (own !== other) {
      throw new InputError({
        problem: `${scope.node.path} uses the VPC ${vpc.node.path}, whose provider is of another stack`,
        value: other.node.path,
        expected: `a VPC of the stack ${own.node.path}`,
        mend: "Make both in one stack, or take the VPC in by RegionVpc.fromExisting there.",
      });
    }
  }
}

/** @throws InputError if two of the VPCs have one construct id: what is made for each is named by it. */
export function assertDistinctIds(vpcs: readonly IRegionVpc[]): void {
  const twin = vpcs.find((vpc, i) => vpcs.findIndex((other) => other.node.id === vpc.node.id) < i);
  if (twin !== undefined) {
    throw new InputError({
      problem: "two VPCs that are used together have one construct id",
      value: vpcs.filter((vpc) => vpc.node.id === twin.node.id).map((vpc) => vpc.node.path),
      expected: "an id a VPC, as what is made for each is named by it",
      mend: "Rename one of them.",
    });
  }
}
