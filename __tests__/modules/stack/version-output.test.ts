import { TerraformOutput } from "cdktf";
import { RegionVpc, StretchCluster } from "../../../modules";
import { ownPackage } from "../../../modules/stack/own-package";
import { Template } from "../../support/template";

const MYDATA = { name: "mydata", replicationFactor: 2, strongConsistency: true };

describe("the output of the version that made a stack", () => {
  const vpcOf = (stack: ConstructorParameters<typeof RegionVpc>[0]) =>
    new RegionVpc(stack, "london", { region: "eu-west-2", cidrBlock: "10.32.0.0/16" });

  it("says this package's, once a stack", () => {
    const { outputs } = Template.of((stack) => {
      const vpc = vpcOf(stack);
      new StretchCluster(stack, "one", { namespace: MYDATA, racks: [{ id: 1, vpc, nodes: 3 }] });
      new StretchCluster(stack, "two", { namespace: MYDATA, racks: [{ id: 2, vpc, nodes: 3 }] });
    });
    expect(outputs.stretch_version.value).toBe(ownPackage().version);
  });

  it("is not there where a cluster has no outputs", () => {
    const { outputs } = Template.of((stack) => {
      const racks = [{ id: 1, vpc: vpcOf(stack), nodes: 3 }];
      new StretchCluster(stack, "cluster", { namespace: MYDATA, racks, outputs: false });
    });
    expect(outputs).toEqual({});
  });

  it("fails beside a namesake of the user's", () => {
    expect(() =>
      Template.of((stack) => {
        const racks = [{ id: 1, vpc: vpcOf(stack), nodes: 3 }];
        new StretchCluster(stack, "cluster", { namespace: MYDATA, racks });
        new TerraformOutput(stack, "stretch_version", { value: "mine" });
      }),
    ).toThrow(/a second Terraform output is named stretch_version.*Rename yours/);
  });
});
