import { AerospikeAccess, PartitionRule, Peering, RackOutage } from "../../../modules";
import { cluster, london } from "../../support/fixtures";
import { Template } from "../../support/template";

const linesOf = (template: Template, region: string) =>
  template
    .resources("aws_ssm_parameter")
    .filter(({ provider }) => provider === `aws.${region}`)
    .flatMap(({ value }) => value.split("\n") as string[])
    .map((line) => line.replaceAll(/\$\{(\w+)\.[\w-]+\.(id|name)\}/g, "<$1>"));

describe("the record of a stack's faults", () => {
  const template = Template.of((stack) => {
    const made = cluster(stack, { access: AerospikeAccess.open() });
    const [a, b] = made.vpcs;
    new Peering(stack, "peering", { requester: a, accepter: b });
    new PartitionRule(stack, "cut", { fault: "split", between: [a, b], ports: ["heartbeat"] });
    new PartitionRule(stack, "routes", { fault: "no-route", between: [a, b], method: "route" });
    new PartitionRule(stack, "edit", { fault: "edit", between: [a, b], method: "security-group" });
    new RackOutage(stack, "outage", { fault: "down", rack: made.rack(32) });
  });

  it("has a line for everything that a fault may do in the region", () => {
    const lines = linesOf(template, "eu-west-2");
    expect(lines.filter((line) => line.startsWith("deny "))).toHaveLength(6);
    expect([...new Set(lines)].sort()).toEqual([
      "deny <aws_network_acl> 1 in 10.33.0.0/16 3002-3002 split",
      "deny <aws_network_acl> 1 out 10.33.0.0/16 3002-3002 split",
      "host <aws_instance> down",
      "ingress <aws_security_group> 3000-3003 0.0.0.0/0 edit",
      "ingress <aws_security_group> 3000-3003 10.33.0.0/16 edit",
      "route <aws_route_table> 10.33.0.0/16 <aws_vpc_peering_connection> no-route",
      "schedules <aws_scheduler_schedule_group>",
    ]);
  });

  it("is a tagged parameter of the deployment, whatever the fault", () => {
    for (const parameter of template.resources("aws_ssm_parameter")) {
      expect(parameter).not.toHaveProperty("count");
      expect(parameter.name).toMatch(
        /^\/stretch\/test\/\$\{terraform_data\.stretch-deployment\.id\}\/eu-west-[23]-0$/,
      );
      expect(parameter.type).toBe("String");
      expect(parameter.tags).toEqual({
        Name: expect.stringMatching(/^faults-eu-west-[23]$/),
        "cdktf-stretch-cluster": "test/${terraform_data.stretch-deployment.id}",
      });
    }
  });

  it("is written before any cut, and before any host stops", () => {
    const denies = template.resources("aws_network_acl_rule").filter((r) => r.rule_action === "deny");
    for (const { depends_on: before } of [...denies, ...template.resources("aws_ec2_instance_state")]) {
      expect(before).toContainEqual(expect.stringMatching(/^aws_ssm_parameter\.faults-eu-west-/));
    }
  });

  it("is several parameters where one would be too long", () => {
    const blocks = Array.from({ length: 18 }, (_, i) => `192.168.${i}.0/24`);
    const long = Template.of((stack) => {
      const vpc = london(stack, { zones: ["a"] });
      vpc.subnet("node", "a");
      new PartitionRule(stack, "cut", { fault: "f".repeat(40), between: [vpc, blocks] });
    });
    const parameters = long.resources("aws_ssm_parameter");
    expect(parameters.map(({ name }) => name.split("/").at(-1))).toEqual(["eu-west-2-0", "eu-west-2-1"]);
    const texts = parameters.map(({ value }) => value.replaceAll(/\$\{[^}]+\}/g, "acl-0123456789abcdef0"));
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(4096);
    expect(new Set(texts.flatMap((text) => text.split("\n"))).size).toBe(37);
  });
});
