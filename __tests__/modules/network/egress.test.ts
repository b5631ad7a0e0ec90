import { TerraformStack } from "cdktf";
import {
  ClientHost,
  type ClientHostProps,
  type Egress,
  PartitionRule,
  Peering,
  ResultsBucket,
  StretchCluster,
  type StretchClusterProps,
} from "../../../modules";
import { MYDATA, london, paris } from "../../support/fixtures";
import { Template } from "../../support/template";

const MIRROR = { packageUrl: "s3://packages-{region}/server.tgz" };
const SECRET = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:key-a1b2c3";

/** Peered VPCs of one egress, a cluster over both and a client host. */
function stretched(
  stack: TerraformStack,
  egress: Egress,
  props: Partial<StretchClusterProps> = { settings: MIRROR },
  client: Partial<ClientHostProps> = { packageSpec: "p@1.0.0", npmRegistry: "https://npm.example.internal/" },
) {
  const [a, b] = [london(stack, { egress }), paris(stack, { egress })];
  new Peering(stack, "peering", { requester: b, accepter: a });
  const cluster = new StretchCluster(stack, "cluster", {
    namespace: MYDATA,
    racks: [
      { id: 32, vpc: a, nodes: 3 },
      { id: 33, vpc: b, nodes: 3 },
    ],
    ...props,
  });
  const results = new ResultsBucket(stack, "results", { vpc: a });
  const host = new ClientHost(stack, "client", { vpc: a, results, ...client });
  const files = [...cluster.nodes, host].map((made) => made.files.userData).join("\n");
  return { a, b, results, files };
}

describe('egress "nat"', () => {
  const template = Template.of((stack) => stretched(stack, "nat"));

  it("gives hosts no public address", () => {
    for (const subnet of template.resources("aws_subnet"))
      expect(subnet).not.toHaveProperty("map_public_ip_on_launch");
  });

  it("routes each zone's hosts out by a NAT gateway in the zone's edge subnet", () => {
    for (const letter of ["a", "b", "c"]) {
      const nat = template.at("aws_nat_gateway", `london/nat-${letter}`);
      expect(nat.subnet_id).toContain(`london_edge-${letter}_subnet`);
      const route = template.at("aws_route", `london/nat-route-${letter}`);
      expect(route.destination_cidr_block).toBe("0.0.0.0/0");
      expect(route.nat_gateway_id).toContain(`london_nat-${letter}_`);
      expect(template.at("aws_route_table_association", `london/node-${letter}/routes`).route_table_id).toBe(
        route.route_table_id,
      );
    }
    expect(template.at("aws_route_table_association", "london/client-a/routes").route_table_id).toContain(
      "london_private-a_",
    );
  });

  it("routes edge subnets out by the internet gateway, which NAT gateways wait for", () => {
    expect(template.at("aws_route_table_association", "london/edge-a/routes").route_table_id).toContain(
      "london_public_",
    );
    expect(template.at("aws_nat_gateway", "london/nat-a").depends_on).toEqual([
      expect.stringContaining("aws_route.london_default-route"),
    ]);
  });

  it("has a route to the peer in every route table, those made after the peering too", () => {
    const late = Template.of((stack) => {
      const [a, b] = [london(stack, { egress: "nat", zones: ["a", "b"] }), paris(stack)];
      new Peering(stack, "peering", { requester: b, accepter: a });
      b.subnet("client", "a");
    });
    const tables = (t: Template, peer: string) =>
      t.resources("aws_route").filter((r) => r.destination_cidr_block === peer).length;
    expect(tables(late, "10.33.0.0/16")).toBe(3);
    expect(tables(late, "10.32.0.0/16")).toBe(1);
    expect(tables(template, "10.33.0.0/16")).toBe(4);
  });

  it("fails for a cut that would sever hosts from their NAT gateway", () => {
    const error = Template.errorOf((stack) => {
      const { a } = stretched(stack, "nat");
      const edges = a.subnets.filter(({ tier }) => tier === "edge");
      new PartitionRule(stack, "cut", { fault: "zone-a", between: [[a.subnet("node", "a")], edges] });
    });
    expect(error).toContain("would sever the NAT gateway in eu-west-2a (10.32.144.0/24) from 10.32.0.0/20");
  });
});

describe('egress "none"', () => {
  let files = "";
  const template = Template.of((stack) => {
    const made = stretched(stack, "none");
    const { b } = made;
    files = made.files;
    const results = new ResultsBucket(stack, "paris-results", { vpc: b });
    new ClientHost(stack, "paris-client", {
      vpc: b,
      results,
      packageSpec: "s3://packages/p.tgz",
      npmRegistry: "https://npm.example.internal/",
    });
  });

  it("has no way to the internet", () => {
    for (const type of ["aws_internet_gateway", "aws_nat_gateway", "aws_eip"])
      expect(template.resources(type)).toEqual([]);
    const routes = template.resources("aws_route").map((r) => r.destination_cidr_block);
    expect(routes.sort()).toEqual(["10.32.0.0/16", "10.33.0.0/16"]);
  });

  it("has endpoints of Systems Manager and Secrets Manager in every zone's endpoint subnet", () => {
    const interfaces = template
      .resources("aws_vpc_endpoint")
      .filter((e) => e.vpc_endpoint_type === "Interface" && e.provider === "aws.eu-west-2");
    expect(interfaces.map((e) => e.service_name).sort()).toEqual([
      "com.amazonaws.eu-west-2.ec2messages",
      "com.amazonaws.eu-west-2.secretsmanager",
      "com.amazonaws.eu-west-2.ssm",
      "com.amazonaws.eu-west-2.ssmmessages",
    ]);
    for (const endpoint of interfaces) {
      expect(endpoint.private_dns_enabled).toBe(true);
      expect(endpoint.subnet_ids).toHaveLength(3);
      for (const id of endpoint.subnet_ids) expect(id).toMatch(/london_endpoint-[abc]_subnet/);
    }
  });

  it("lets the VPC reach them by HTTPS, and nobody else", () => {
    const group = template.at("aws_vpc_endpoint", "london/endpoints/ssm").security_group_ids[0];
    const rules = template
      .resources("aws_vpc_security_group_ingress_rule")
      .filter((rule) => rule.security_group_id === group);
    expect(rules.map((r) => [r.cidr_ipv4, r.ip_protocol, r.from_port, r.to_port])).toEqual([
      ["10.32.0.0/16", "tcp", 443, 443],
    ]);
  });

  it("routes the hosts to the region's S3 buckets by a gateway endpoint", () => {
    const s3 = template.at("aws_vpc_endpoint", "london/endpoints/s3");
    expect(s3).toMatchObject({
      vpc_endpoint_type: "Gateway",
      service_name: "com.amazonaws.eu-west-2.s3",
      route_table_ids: [template.at("aws_route_table_association", "london/node-a/routes").route_table_id],
    });
  });

  it("takes packages from a mirror in the host's own region, which its role may read", () => {
    expect(files).toContain("PACKAGE_URL='s3://packages-eu-west-2/server.tgz'");
    expect(files).toContain("PACKAGE_URL='s3://packages-eu-west-3/server.tgz'");
    expect(files).toContain("NPM_REGISTRY='https://npm.example.internal/'");
    const policy = template.at("aws_iam_role_policy", "cluster/role-paris").policy;
    expect(policy).toContain("arn:aws:s3:::packages-eu-west-3/server.tgz");
    expect(policy).not.toContain("eu-west-2");
  });

  it("reads secrets of the host's own region", () => {
    Template.of((stack) => {
      const settings = { ...MIRROR, featureKeyArn: SECRET.replace("eu-west-2", "{region}") };
      const secrets = stretched(stack, "none", { settings });
      expect(secrets.files).toContain("FEATURE_KEY_ARN='arn:aws:secretsmanager:eu-west-3:");
    });
  });

  it.each<[string, Partial<StretchClusterProps>, string]>([
    ["without a mirror for the server's package", {}, "they cannot get the server's package"],
    [
      "with a distribution whose repositories are on the internet",
      { settings: { ...MIRROR, distribution: "el9" } },
      "they cannot reach their distribution's repositories",
    ],
    [
      "with a secret of another region",
      { settings: { ...MIRROR, featureKeyArn: SECRET } },
      "featureKeyArn is in a region that the hosts of test/paris cannot reach",
    ],
  ])("fails %s", (_, props, message) => {
    expect(Template.errorOf((stack) => stretched(stack, "none", props))).toContain(message);
  });

  it("fails for a client host with a package and without an npm mirror", () => {
    const client = { packageSpec: "s3://packages/p.tgz" };
    const error = Template.errorOf((stack) => stretched(stack, "none", { settings: MIRROR }, client));
    expect(error).toContain("they cannot get npm packages");
    expect(() => Template.of((stack) => stretched(stack, "none", { settings: MIRROR }, {}))).not.toThrow();
  });

  it("fails for an npm mirror that is no URL", () => {
    const error = Template.errorOf((stack) =>
      stretched(stack, "none", { settings: MIRROR }, { npmRegistry: "npm mirror" }),
    );
    expect(error).toContain('npmRegistry is malformed: got "npm mirror"');
  });

  it("fails for a client host whose results bucket is in another region", () => {
    const error = Template.errorOf((stack) => {
      const { b, results } = stretched(stack, "none");
      new ClientHost(stack, "paris-client", {
        vpc: b,
        results,
        npmRegistry: "https://npm.example.internal/",
      });
    });
    expect(error).toContain('got "eu-west-2"; expected eu-west-3');
  });

  it("fails for a cut that would sever hosts from Systems Manager, naming both", () => {
    const error = Template.errorOf((stack) => {
      const { a } = stretched(stack, "none");
      const between = [[a.subnet("node", "a")], [a.subnet("endpoint", "b")]] as const;
      new PartitionRule(stack, "cut", { fault: "zone-a", between });
    });
    expect(error).toContain("would sever the endpoints of Systems Manager in eu-west-2b");
    expect(error).toContain("(10.32.161.0/24) from 10.32.0.0/20");
  });

  it("lets VPCs be cut from each other", () => {
    Template.of((stack) => {
      const { a, b } = stretched(stack, "none");
      new PartitionRule(stack, "cut", { fault: "split", between: [a, b] });
    });
  });
});

it("fails for an egress that is none of these", () => {
  expect(Template.errorOf((stack) => london(stack, { egress: "proxy" as Egress }))).toContain(
    'egress is not one that there is: got "proxy"; expected public-ip, nat, none',
  );
});
