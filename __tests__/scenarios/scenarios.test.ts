import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { scenarios } from "../../scenarios";
import { Template } from "../support/template";

/** The stack's file as the app writes it. */
function synthesised(build: (app: App) => { node: { id: string } }): string {
  const outdir = mkdtempSync(join(tmpdir(), "stretch-synth-"));
  try {
    const app = new App({ outdir });
    const { node } = build(app);
    app.synth();
    return readFileSync(join(outdir, "stacks", node.id, "cdk.tf.json"), "utf8");
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (name, scenario) => {
  const json = synthesised((app) => scenario.build(app));
  const template = Template.parse(json);

  it("names a provider in every AWS resource and data source", () => {
    const nameless = [...template.all, ...template.dataSources].filter(
      ([address, { provider }]) => /(^|\.)aws_/.test(address) && provider === undefined,
    );
    expect(nameless.map(([address]) => address)).toEqual([]);
  });

  it("synthesises to the same bytes with the clock moved", () => {
    jest.useFakeTimers({ now: new Date("2031-05-06T07:08:09Z") });
    try {
      expect(synthesised((app) => scenario.build(app))).toBe(json);
    } finally {
      jest.useRealTimers();
    }
  });

  it("gives every instance its lifecycle block", () => {
    const instances = template.resources("aws_instance");
    expect(instances.length).toBeGreaterThan(0);
    for (const { lifecycle } of instances) expect(lifecycle.ignore_changes).toContain("ami");
  });

  it("tags everything with its name", () => {
    expect(template.only("aws_s3_bucket").tags.scenario).toBe(name);
  });

  it("has the output partitions, and plain names for its variables", () => {
    expect(template.outputs).toHaveProperty("partitions");
    expect(Object.keys(template.variables).sort()).toEqual(
      expect.arrayContaining(["expires_in_hours", "fault", "owner"]),
    );
  });

  it("describes its security groups in characters that AWS takes", () => {
    for (const [, { description }] of template.all) {
      expect(description ?? "").toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/);
    }
  });

  it("opens no port to the world", () => {
    const sources = template.resources("aws_vpc_security_group_ingress_rule").map((rule) => rule.cidr_ipv4);
    expect(sources).not.toContain("0.0.0.0/0");
  });
});
