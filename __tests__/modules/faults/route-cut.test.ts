import { PartitionRule, type PartitionRuleProps, Peering, RegionVpc } from "../../../modules";
import { cluster, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

type Props = Partial<PartitionRuleProps>;

function build(props: Props = {}) {
  let heard;
  const template = Template.of((stack) => {
    const made = cluster(stack);
    const [a, b] = made.vpcs;
    new Peering(stack, "peering", { requester: a, accepter: b });
    const rule = new PartitionRule(stack, "cut", {
      fault: "no-route",
      method: "route",
      ...props,
      between: [a, b],
    });
    heard = rule.effectOn(made.topology()).cannotHear;
  });
  return { template, heard };
}

/** Regions and destinations of the routes that the fault takes away. */
const taken = (template: Template) =>
  template
    .resources("aws_route")
    .filter((route) => route.count !== undefined)
    .map((route) => `${route.provider.slice(4)} ${route.destination_cidr_block} ${route.count}`);

describe("a cut by route", () => {
  it("takes the peering's routes away while the fault lasts", () => {
    const { template, heard } = build();
    expect(taken(template)).toEqual([
      'eu-west-2 10.33.0.0/16 ${(local.current_fault == "no-route") ? 0 : 1}',
      'eu-west-3 10.32.0.0/16 ${(local.current_fault == "no-route") ? 0 : 1}',
    ]);
    expect(heard).toMatchObject({ A1B32: ["A1B33", "A2B33", "A3B33"], A1B33: ["A1B32", "A2B32", "A3B32"] });
  });

  it("in one direction takes the sender's route only", () => {
    const { template, heard } = build({ direction: "from" });
    expect(taken(template)).toHaveLength(1);
    expect(taken(template)[0]).toMatch(/^eu-west-2 10.33/);
    expect(Object.keys(heard!)).toEqual(["A1B33", "A2B33", "A3B33"]);
  });

  it("cannot end by itself: Terraform refuses heal_at for it", () => {
    const { precondition } = build().template.only("aws_vpc_peering_connection").lifecycle;
    expect(precondition).toEqual([
      {
        condition: '${length(var.heal_at) < 1 || var.fault != "no-route"}',
        error_message: expect.stringContaining("cannot end by itself: its routes must be made again"),
      },
    ]);
  });

  it.each<[string, Props, string]>([
    ["ports", { ports: ["service"] }, "a route knows no ports"],
    ["new connections only", { connections: "new" }, "established connections end too"],
  ])("fails for %s", (_, props, message) => {
    expect(() => build(props)).toThrow(message);
  });

  it("fails for subnets, with the reason", () => {
    const error = Template.errorOf((stack) => {
      const [a, b] = [london(stack), paris(stack)];
      new Peering(stack, "peering", { requester: a, accepter: b });
      new PartitionRule(stack, "cut", { fault: "x", method: "route", between: [a.subnets, b] });
    });
    expect(error).toContain("the local route cannot be removed");
  });

  it("fails where no peering joins the VPCs", () => {
    const error = Template.errorOf((stack) => {
      new PartitionRule(stack, "cut", {
        fault: "x",
        method: "route",
        between: [london(stack), paris(stack)],
      });
    });
    expect(error).toContain("no Peering of these two VPCs");
  });

  it("fails for public addresses, whose packets the default route would take to the internet", () => {
    const error = Template.errorOf((stack) => {
      const a = london(stack);
      const b = new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "172.33.0.0/16" });
      new Peering(stack, "peering", { requester: a, accepter: b });
      new PartitionRule(stack, "cut", { fault: "x", method: "route", between: [a, b] });
    });
    expect(error).toContain(
      'somebody\'s on the internet, where the default route would take the packets: got "172.33.0.0/16"',
    );
  });
});
