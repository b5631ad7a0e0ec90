import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { architectureOf } from "../../../modules/hosts/amazon-linux";
import { ClientHost, ResultsBucket } from "../../../modules";
import { cluster, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

describe("every host", () => {
  const template = Template.of((stack) => {
    const made = cluster(stack);
    const [a, b] = made.vpcs;
    const results = new ResultsBucket(stack, "results", { vpc: a });
    new ClientHost(stack, "client", { vpc: a, results, chatWith: [b] });
  });
  const instances = template.resources("aws_instance");
  const nodes = instances.filter((i) => i.private_ip !== undefined);

  it("ignores a newer image and changed user data, so that no unrelated deploy stops or replaces it", () => {
    expect(instances).toHaveLength(7);
    for (const instance of instances) {
      expect(instance.lifecycle.ignore_changes).toEqual(["ami", "user_data", "user_data_base64"]);
    }
  });

  it("is held by Terraform to the kinds of the values that only it knows", () => {
    for (const node of nodes) expect(node.lifecycle).not.toHaveProperty("precondition");
    const [client] = instances.filter((i) => i.private_ip === undefined);
    expect(client.lifecycle.precondition).toEqual([
      {
        condition: expect.stringMatching(/^\$\{can\(regex\("\^.+\$", aws_s3_bucket\.\w+\.bucket\)\)\}$/),
        error_message: "results is malformed: expected the name of an S3 bucket. Correct results.",
      },
    ]);
  });

  it("answers IMDSv2 only", () => {
    for (const { metadata_options } of instances) expect(metadata_options.http_tokens).toBe("required");
  });

  it("has encrypted volumes that die with it", () => {
    for (const instance of instances) {
      for (const volume of [instance.root_block_device, ...(instance.ebs_block_device ?? [])]) {
        expect(volume).toMatchObject({ encrypted: true, delete_on_termination: true });
      }
    }
  });

  it("has the volumes of the article's table, if it is a database host", () => {
    expect(nodes).toHaveLength(6);
    for (const node of nodes) {
      expect(node.instance_type).toBe("t3a.medium");
      expect(node.root_block_device).toMatchObject({ volume_size: 10, volume_type: "gp2" });
      expect(node.ebs_block_device).toEqual([
        expect.objectContaining({ device_name: "/dev/sdf", volume_size: 8, volume_type: "gp3" }),
      ]);
    }
  });

  it("runs Amazon Linux 2023 of its architecture by AWS's public parameter, read once a region", () => {
    expect(template.dataSources.map(([, d]) => [d.provider, d.name])).toEqual([
      ["aws.eu-west-2", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"],
      ["aws.eu-west-3", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"],
    ]);
    const arm = Template.of((stack) => cluster(stack, { instanceType: "m7g.large" }));
    for (const [, data] of arm.dataSources) expect(data.name).toMatch(/arm64$/);
  });

  it("runs a given image instead", () => {
    const given = Template.of((stack) => cluster(stack, { amis: { "eu-west-2": "ami-07d2b4d8d9980a125" } }));
    const amis = given.resources("aws_instance").map((i) => i.ami);
    expect(amis.filter((ami) => ami === "ami-07d2b4d8d9980a125")).toHaveLength(3);
    expect(given.dataSources).toHaveLength(1);
  });

  it("has IAM names by prefix, so that two deployments fit in one account", () => {
    for (const type of ["aws_iam_role", "aws_iam_role_policy", "aws_iam_instance_profile"]) {
      for (const resource of template.resources(type)) {
        expect(resource).not.toHaveProperty("name");
        expect(resource.name_prefix).toBe("stretch-");
      }
    }
  });

  it("fails for an instance type that is none", () => {
    expect(Template.errorOf((stack) => cluster(stack, { instanceType: "medium" }))).toContain("FAMILY.SIZE");
  });
});

describe("an instance type's architecture", () => {
  it.each([
    "a1.large",
    "t4g.small",
    "m7gd.large",
    "c7gn.xlarge",
    "im4gn.large",
    "x2gd.medium",
    "hpc7g.4xlarge",
    "g5g.xlarge",
  ])("of %s is arm64", (type) => expect(architectureOf(type)).toBe("arm64"));

  it.each([
    "t3a.medium",
    "m7i.large",
    "g4dn.xlarge",
    "g5.xlarge",
    "i4i.large",
    "u-6tb1.56xlarge",
    "m7i-flex.large",
  ])("of %s is x86_64", (type) => expect(architectureOf(type)).toBe("x86_64"));
});

describe("a ClientHost", () => {
  const template = Template.of((stack) => {
    const [a, b] = [london(stack), paris(stack)];
    const results = new ResultsBucket(stack, "results", { vpc: a });
    new ClientHost(stack, "london-client", { vpc: a, results, chatWith: [b] });
  });

  it("has a subnet of its own", () => {
    expect(template.at("aws_subnet", "london/client-a/subnet").cidr_block).toBe("10.32.128.0/24");
  });

  it("may be reached on the chat's port by the given VPCs only", () => {
    const rules = template.resources("aws_vpc_security_group_ingress_rule");
    expect(rules.map((r) => [r.from_port, r.to_port, r.cidr_ipv4])).toEqual([
      [3000, 3000, "10.32.0.0/16"],
      [3000, 3000, "10.33.0.0/16"],
    ]);
  });

  it("may write below its own prefix of the results bucket", () => {
    const policy = JSON.stringify(template.only("aws_iam_role_policy").policy);
    expect(policy).toContain("london-client/*");
    expect(policy).not.toContain("s3:*");
  });

  it("puts out its instance id, region and prefix", () => {
    expect(template.outputs["london-client"].value).toMatchObject({
      region: "eu-west-2",
      results_prefix: "london-client",
    });
  });

  it.each([
    ["t4g.small", [expect.stringContaining("cannot be a loader of stretch run --live")]],
    ["t3a.small", []],
  ])("of %s is warned of where its architecture has no database client", (instanceType, warnings) => {
    Template.of((stack) => {
      const vpc = london(stack);
      const results = new ResultsBucket(stack, "r", { vpc });
      const { node } = new ClientHost(stack, "c", { vpc, results, instanceType });
      expect(node.metadata.map(({ data }) => String(data))).toEqual(warnings);
    });
  });

  it.each([
    ["el8", [expect.stringContaining("glibc 2.28 is too old")]],
    ["el9", []],
  ] as const)("of %s is warned of where the database client does not load", (distribution, warnings) => {
    Template.of((stack) => {
      const vpc = london(stack);
      const results = new ResultsBucket(stack, "r", { vpc });
      const ami = "ami-07d2b4d8d9980a125";
      const { node } = new ClientHost(stack, "c", { vpc, results, ami, settings: { distribution } });
      expect(node.metadata.map(({ data }) => String(data))).toEqual(warnings);
    });
  });

  it("keeps the results bucket private and encrypted", () => {
    expect(template.only("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(template.resources("aws_s3_bucket_server_side_encryption_configuration")).toHaveLength(1);
  });

  it("of another distribution has that one's packages, and fails without an image of it", () => {
    const build = (ami?: string) => (stack: TerraformStack) => {
      const vpc = london(stack);
      const results = new ResultsBucket(stack, "r", { vpc });
      const { files } = new ClientHost(stack, "c", { vpc, results, ami, settings: { distribution: "el9" } });
      expect(files.userData).toContain("HELPER_PACKAGES='chrony jq nmap-ncat unzip nodejs tar gzip'");
    };
    Template.of(build("ami-0123456789abcdef0"));
    expect(Template.errorOf(build())).toContain("distribution has no image");
  });

  it("fails beside one of its id elsewhere with the same results bucket", () => {
    const error = Template.errorOf((stack) => {
      const vpc = london(stack);
      const results = new ResultsBucket(stack, "r", { vpc });
      for (const scope of ["one", "two"]) new ClientHost(new Construct(stack, scope), "c", { vpc, results });
    });
    expect(error).toContain("test/two/c and test/one/c would write each other's results");
  });

  it("fails in a zone that its VPC has not", () => {
    const error = Template.errorOf((stack) => {
      const vpc = london(stack);
      new ClientHost(stack, "c", { vpc, zone: "d", results: new ResultsBucket(stack, "r", { vpc }) });
    });
    expect(error).toContain("one of its zones a, b, c");
  });
});
