import { type TerraformStack, Testing } from "cdktf";
import { RegionVpc } from "../../../modules";
import { acceptAddressSpace } from "../../../modules/network/address-space";
import { scenarios } from "../../../scenarios";
import { Template } from "../../support/template";

/** What a synth of the stack has warned of. */
function warningsOf(stack: TerraformStack): string[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === "@cdktf/warn"))
    .map(({ data }) => String(data));
}

function warnings(blocks: readonly string[], accepted: readonly string[] = []): string[] {
  let made: TerraformStack;
  Template.of((stack) => {
    made = stack;
    acceptAddressSpace(stack, accepted);
    blocks.forEach(
      (cidrBlock, i) => new RegionVpc(stack, `vpc${i}`, { region: `eu-west-${i + 1}`, cidrBlock }),
    );
  });
  return warningsOf(made!);
}

describe("blocks outside private space", () => {
  it("are one warning a stack, naming them all", () => {
    expect(warnings(["172.33.0.0/16", "10.1.0.0/16", "172.32.0.0/16"])).toEqual([
      "Outside RFC 1918: 172.32.0.0/16, 172.33.0.0/16. Inside the VPC each shadows the public addresses of the same numbers.",
    ]);
  });

  it("are none where all are private, or known", () => {
    expect(warnings(["10.1.0.0/16"])).toEqual([]);
    expect(warnings(["172.32.0.0/16"], ["172.32.0.0/16"])).toEqual([]);
    expect(warnings(["172.32.0.0/16", "172.40.0.0/16"], ["172.32.0.0/16"])).toEqual([
      expect.stringContaining("1918: 172.40.0.0/16. "),
    ]);
  });

  it("are no warning of the scenarios of this repository, whose blocks are the article's", () => {
    for (const { build } of scenarios) {
      const scenario = build(Testing.app());
      Testing.synth(scenario, true);
      expect(warningsOf(scenario)).toEqual([]);
    }
  });
});
