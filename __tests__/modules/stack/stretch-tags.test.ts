import { TerraformVariable } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { StretchTags } from "../../../modules";
import { cluster, london } from "../../support/fixtures";
import { Template } from "../../support/template";

const UNTAGGED = [
  "aws_iam_role_policy",
  "aws_network_acl_association",
  "aws_network_acl_rule",
  "aws_route",
  "aws_route_table_association",
  "terraform_data",
];

describe("StretchTags", () => {
  const template = Template.of((stack) => {
    new StretchTags(stack, "tags", { scenario: "lab" });
    cluster(stack);
  });

  it("tags everything that takes tags with scenario, owner and expiry", () => {
    const untagged = template.all
      .filter(([, r]) => r.tags?.scenario !== "lab")
      .map(([address]) => address.split(".")[0]);
    expect([...new Set(untagged)].sort()).toEqual(UNTAGGED);
    for (const instance of template.resources("aws_instance")) {
      expect(instance.tags.owner).toBe("${var.owner}");
      expect(instance.tags.expires).toMatch(/terraform_data\..*output/);
      expect(instance.volume_tags).toEqual(instance.tags);
    }
  });

  it("keeps the resource's own tags", () => {
    expect(template.at("aws_vpc", "london/vpc").tags).toMatchObject({ Name: "london", scenario: "lab" });
  });

  it("takes 30 hours by default, fixed at the first apply", () => {
    expect(template.variables.expires_in_hours.default).toBe(30);
    expect(template.at("terraform_data", "tags/expiry")).toMatchObject({
      input: { time: '${timeadd(plantimestamp(), format("%dh", var.expires_in_hours))}' },
      triggers_replace: { hours: "${var.expires_in_hours}" },
      lifecycle: { ignore_changes: ["input"] },
    });
  });

  it("takes whole hours only, as Terraform's own time functions do", () => {
    expect(template.variables.expires_in_hours.validation[0]).toEqual({
      condition:
        "${var.expires_in_hours >= 1 && var.expires_in_hours <= 87600 && floor(var.expires_in_hours) == var.expires_in_hours}",
      error_message: expect.stringContaining("a whole number of hours, 1 to 87600"),
    });
  });

  it("fails beside another variable of one of its names, and twice in a stack", () => {
    const beside = Template.errorOf((stack) => {
      new StretchTags(stack, "tags", { scenario: "lab" });
      new TerraformVariable(stack, "owner", { default: "me" });
    });
    expect(beside).toContain('a second Terraform variable is named owner: got "test/owner"');
    const twice = Template.errorOf((stack) => {
      new StretchTags(stack, "tags", { scenario: "lab" });
      new StretchTags(stack, "more-tags", { scenario: "lab" });
    });
    expect(twice).toContain("a second Terraform variable is named expires_in_hours");
  });

  it("leaves a given provider its own default tags", () => {
    const given = Template.of((stack) => {
      const defaultTags = [{ tags: { team: "sre" } }];
      const provider = new AwsProvider(stack, "mine", { region: "eu-west-2", defaultTags });
      new StretchTags(stack, "tags", { scenario: "lab" });
      london(stack, { provider });
    });
    expect(given.providers[0].default_tags).toEqual([{ tags: { team: "sre" } }]);
  });
});
