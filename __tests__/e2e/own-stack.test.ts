import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
  CreateRouteTableCommand,
  CreateVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { Cloud } from "./support/cloud";
import { REPO } from "./support/environment";
import { Moto } from "./support/moto";
import { install, node, pack } from "./support/npm";
import { describeWith } from "../support/requirements";
import { run } from "./support/run";
import { Terraform } from "./support/terraform";

const IRELAND = "eu-west-1";
const REGIONS = [IRELAND, "eu-central-1", "eu-north-1"];

describeWith(["npm registry"], "examples/own-stack, with the packed package", () => {
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "stretch-own-stack-"));
    await pack(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** A copy of the example, the tarball lying where it lies in a clone. */
  function copy(name: string): string {
    const folder = path.join(dir, "examples", name);
    const source = path.join(REPO, "examples/own-stack");
    cpSync(source, folder, {
      recursive: true,
      filter: (file) => !/node_modules|cdktf\.out|package-lock|tfstate/.test(path.relative(source, file)),
    });
    return folder;
  }

  it("type-checks and synthesises with the community successor by package alias", async () => {
    const folder = copy("successor");
    const file = path.join(folder, "package.json");
    const project = JSON.parse(readFileSync(file, "utf8"));
    // As docs/cdktn.md says.
    Object.assign(project.dependencies, {
      "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25.7.0",
      cdktf: "npm:cdktn@0.24.0",
      cdktn: "0.24.0",
      constructs: ">=10.6.0 <10.8.0",
    });
    delete project.devDependencies["cdktf-cli"];
    writeFileSync(file, JSON.stringify(project));
    await install(folder);
    await node(folder, "node_modules/typescript/bin/tsc");
    await node(folder, "--import", "tsx", "main.ts");
    const { terraform, resource } = JSON.parse(
      readFileSync(path.join(folder, "cdktf.out/stacks/orders/cdk.tf.json"), "utf8"),
    );
    expect(terraform.required_providers.aws.version).toMatch(/^6\./);
    const hosts: { tags: Record<string, string> }[] = Object.values(resource.aws_instance);
    expect(hosts.map(({ tags }) => tags.scenario)).toEqual(Array(6).fill("orders"));
    expect(Object.values(resource.aws_vpc)).toHaveLength(2);
  });

  describeWith(["terraform", "moto"], "and Terraform", () => {
    let folder: string;
    let moto: Moto;
    let ec2: EC2Client;
    let vpcId: string;
    let terraform: Terraform;

    beforeAll(async () => {
      folder = copy("own-stack");
      await install(folder);
      moto = await Moto.start();
      ec2 = new EC2Client(moto.client(IRELAND));
    });
    afterAll(() => moto?.stop());

    it("type-checks", async () => {
      await node(folder, "node_modules/typescript/bin/tsc");
    });

    /** Everything of the VPC that was there before the stack. */
    const inVpc = async () => {
      const filter = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand(filter));
      const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand(filter));
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand(filter));
      return {
        tables: RouteTables.map((table) => [table.RouteTableId, table.Routes]),
        acls: NetworkAcls.map((acl) => [acl.NetworkAclId, acl.Entries]),
        subnets: Subnets.map((subnet) => subnet.CidrBlock).sort(),
      };
    };
    let before: Awaited<ReturnType<typeof inVpc>>;

    it("synthesises with the ids of a VPC that is there already", async () => {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.50.0.0/16" }));
      vpcId = Vpc!.VpcId!;
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
      before = await inVpc();
      writeFileSync(
        path.join(folder, "existing-vpc.json"),
        JSON.stringify({
          vpcId,
          ownerId: Vpc!.OwnerId,
          cidrBlocks: ["10.50.0.0/16"],
          subnetBlock: "10.50.240.0/20",
          routeTableId: RouteTable!.RouteTableId,
        }),
      );
      await run(process.execPath, ["node_modules/.bin/cdktf", "synth"], {
        cwd: folder,
        env: moto.env,
        timeoutMs: 120_000,
      });
    });

    it("validates and applies", async () => {
      terraform = new Terraform(path.join(folder, "cdktf.out/stacks/orders"), moto);
      await terraform.init();
      await terraform.validate();
      await terraform.apply();
      const cloud = new Cloud(moto);
      for (const region of REGIONS) {
        expect(Object.keys(await cloud.instances(region))).toHaveLength(2);
        expect(await cloud.peerings(region)).toEqual(["active", "active"]);
      }
    });

    it("adds subnets and ACLs to the existing VPC, and routes to the peers to its table, nothing else", async () => {
      const after = await inVpc();
      expect(after.subnets).toEqual(["10.50.240.0/24", "10.50.241.0/24"]);
      expect(after.acls).toEqual(expect.arrayContaining(before.acls));
      expect(after.acls).toHaveLength(before.acls.length + 2);
      const routes = await new Cloud(moto).peerRoutes(IRELAND);
      expect(routes.sort()).toEqual(["10.51.0.0/16", "10.52.0.0/16"]);
      expect(after.tables.map(([id]) => id)).toEqual(before.tables.map(([id]) => id));
    });

    it("has nothing to change when planned again", async () => {
      expect((await terraform.plan()).changes).toEqual([]);
    });

    it("plans the loss of the region with the existing VPC as deny rules and nothing else", async () => {
      const plan = await terraform.plan({ fault: "ireland-down" });
      expect(plan.changes.length).toBeGreaterThan(0);
      for (const { address, action } of plan.changes) {
        expect(address).toMatch(/^aws_network_acl_rule\.ireland-from-(germany|sweden)_/);
        expect(action).toBe("create");
      }
      expect(plan.outputs).toEqual(["partitions"]);
    });

    it("leaves the existing VPC as it was when destroyed", async () => {
      await terraform.destroy();
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand());
      expect(Vpcs.filter((vpc) => !vpc.IsDefault).map((vpc) => vpc.VpcId)).toEqual([vpcId]);
      expect(await inVpc()).toEqual(before);
    });
  });
});
