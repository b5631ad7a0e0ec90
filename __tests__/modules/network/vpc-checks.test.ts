import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  ClientHost,
  PartitionRule,
  Peering,
  RegionVpc,
  ResultsBucket,
  StretchCluster,
} from "../../../modules";
import { london, MYDATA, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("a VPC of another stack", () => {
  const network = (stack: TerraformStack) => new TerraformStack(stack.node.root, "network");

  it.each<[string, (stack: TerraformStack, a: RegionVpc, b: RegionVpc) => void]>([
    [
      "a cluster",
      (s, vpc) => new StretchCluster(s, "c", { namespace: MYDATA, racks: [{ id: 1, vpc, nodes: 3 }] }),
    ],
    ["a peering", (s, a, b) => new Peering(s, "p", { requester: b, accepter: a })],
    ["a cut", (s, a, b) => new PartitionRule(s, "cut", { fault: "split", between: [a, b] })],
    ["a bucket", (s, vpc) => new ResultsBucket(s, "r", { vpc })],
    [
      "a client",
      (s, vpc, b) => new ClientHost(s, "c", { vpc, results: new ResultsBucket(s, "r", { vpc: b }) }),
    ],
  ])("fails in %s: the stack lacks its provider", (_, build) => {
    const error = Template.errorOf((stack) => build(stack, london(network(stack)), paris(stack)));
    expect(error).toContain("uses the VPC network/london, whose provider is of another stack");
    expect(error).toContain("RegionVpc.fromExisting");
  });

  it("fails as a provider, too", () => {
    const error = Template.errorOf((stack) => {
      const provider = new AwsProvider(network(stack), "aws", { region: "eu-west-2" });
      london(stack, { provider });
    });
    expect(error).toContain("the provider of test/london is of another stack");
  });
});

describe("two VPCs of one construct id", () => {
  const vpcs = (stack: TerraformStack) =>
    ["one", "two"].map((scope, i) => {
      const region = ["eu-west-2", "eu-west-3"][i];
      return new RegionVpc(new Construct(stack, scope), "vpc", { region, cidrBlock: `10.${i}.0.0/16` });
    });

  it.each<[string, (stack: TerraformStack, a: RegionVpc, b: RegionVpc) => void]>([
    [
      "a cluster",
      (stack, a, b) =>
        new StretchCluster(stack, "c", {
          namespace: MYDATA,
          racks: [
            { id: 1, vpc: a, nodes: 3 },
            { id: 2, vpc: b, nodes: 3 },
          ],
        }),
    ],
    ["a mesh of peerings", (stack, a, b) => Peering.mesh(stack, "mesh", [a, b])],
    [
      "one side of a cut",
      (stack, a, b) => new PartitionRule(stack, "cut", { fault: "f", between: [[a, b], "192.168.0.0/16"] }),
    ],
  ])("fail in %s", (_, build) => {
    const error = Template.errorOf((stack) => {
      const [a, b] = vpcs(stack);
      build(stack, a, b);
    });
    expect(error).toContain(
      'two VPCs that are used together have one construct id: got ["test/one/vpc","test/two/vpc"]',
    );
  });

  it("can be peered, and be the two sides of a cut", () => {
    const template = Template.of((stack) => {
      const [requester, accepter] = vpcs(stack);
      new Peering(stack, "peering", { requester, accepter });
      new PartitionRule(stack, "cut", { fault: "split", between: [requester, accepter] });
    });
    expect(template.resources("aws_vpc_peering_connection")).toHaveLength(1);
  });
});
