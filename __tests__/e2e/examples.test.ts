import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import { describeWith } from "../support/requirements";
import { Cloud } from "./support/cloud";
import { REPO } from "./support/environment";
import { Moto } from "./support/moto";
import { install, node, npm, pack } from "./support/npm";
import { run } from "./support/run";
import { inAws, Terraform } from "./support/terraform";

const IRELAND = "eu-west-1";
const REGIONS = [IRELAND, "eu-central-1", "eu-north-1"];
const EXAMPLES = path.join(REPO, "examples");
/** Those that are projects; others are files for `stretch`. */
const names = readdirSync(EXAMPLES).filter((name) => existsSync(path.join(EXAMPLES, name, "package.json")));

/** What an example's package.json asks for. */
function wants(name: string): Record<string, string> {
  const file = path.join(EXAMPLES, name, "package.json");
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(file, "utf8"));
  return { ...dependencies, ...devDependencies };
}

describeWith(["npm registry"], "the examples, with the packed package", () => {
  let dir: string;
  let packed: string;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "stretch-examples-"));
    packed = `file:${path.join(dir, (await pack(dir)).filename)}`;
    for (const name of names) {
      cpSync(path.join(EXAMPLES, name), path.join(dir, name), {
        recursive: true,
        filter: (file) => !/node_modules|cdktf\.out|package-lock|tfstate/.test(path.relative(EXAMPLES, file)),
      });
    }
    // One installation for all of them, in the folder above.
    const dependencies = Object.assign({}, ...names.map(wants), { "cdktf-stretch-cluster": packed });
    writeFileSync(path.join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
    await install(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const folder = (name: string) => path.join(dir, name);
  const synthesised = (name: string, stack: string) =>
    JSON.parse(readFileSync(path.join(folder(name), "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8"));
  /** What `npx PROGRAM` would find. */
  const bin = (program: string) => path.join(dir, "node_modules/.bin", program);

  it("ask for the same versions, and for the package as it is packed in the clone", () => {
    const { version } = JSON.parse(readFileSync(path.join(REPO, "package.json"), "utf8"));
    const all = names.flatMap((name) => Object.entries(wants(name)));
    for (const [name, range] of all) expect([name, range]).toEqual([name, Object.fromEntries(all)[name]]);
    expect(Object.fromEntries(all)["cdktf-stretch-cluster"]).toBe(
      `file:../../cdktf-stretch-cluster-${version}.tgz`,
    );
  });

  describe("own-stack", () => {
    it("is the README's example", () => {
      const example = /^```ts\n(.*?)^```/ms.exec(readFileSync(path.join(REPO, "README.md"), "utf8"))![1];
      expect(readFileSync(path.join(EXAMPLES, "own-stack/main.ts"), "utf8")).toBe(example);
    });

    it("type-checks and synthesises", async () => {
      await node(folder("own-stack"), bin("tsc"));
      await node(folder("own-stack"), "--import", "tsx", "main.ts");
      expect(Object.keys(synthesised("own-stack", "orders").resource.aws_instance)).toHaveLength(6);
    });

    it("is previewed, located, priced, rendered and told how to break by its stack's name", async () => {
      const stretch = (...args: string[]) => node(folder("own-stack"), bin("stretch"), ...args);
      expect((await stretch("preview", "orders", "--fault", "split")).stdout).toContain(
        "Frankfurt serves 2048",
      );
      expect((await stretch("where", "42", "orders", "--fault", "split")).stdout).toContain("from Dublin");
      expect((await stretch("price", "orders")).stdout).toContain("eu-central-1");
      expect((await stretch("fault", "split", "--heal-after", "30m")).stdout).toContain(
        "cdktf deploy orders",
      );
      await stretch("render", "orders", "--out", "rendered", "--app-output", "cdktf.out");
      expect(readdirSync(path.join(folder("own-stack"), "rendered"))).toHaveLength(6);
    });

    it("runs its split in a rehearsal, with the default story", async () => {
      const { stdout } = await node(
        folder("own-stack"),
        bin("stretch"),
        "run",
        "orders",
        "--seconds",
        "3",
        "--fault",
        "split",
      );
      expect(stdout).toMatch(/^pass/im);
    });

    it("is a rehearsal cluster by its stack's name, healed and broken from beside", async () => {
      const up = spawn(process.execPath, [bin("stretch"), "up", "orders", "--port", "14100"], {
        cwd: folder("own-stack"),
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        let said = "";
        for await (const text of up.stdout) if ((said += text).includes("Ctrl-C ends it")) break;
        const { stdout } = await node(
          folder("own-stack"),
          bin("stretch"),
          "fault",
          "split",
          "--port",
          "14100",
        );
        expect(stdout).toContain("Fault: split");
      } finally {
        const ended = new Promise((resolve) => up.once("exit", resolve));
        up.kill("SIGINT");
        await ended;
      }
    });
  });

  describe("two-clusters", () => {
    it("type-checks and synthesises; one cut parts both, each with lines of its own in the output", async () => {
      await node(folder("two-clusters"), bin("tsc"));
      await node(folder("two-clusters"), "--import", "tsx", "main.ts");
      const { output, resource } = synthesised("two-clusters", "shop");
      expect(Object.keys(resource.aws_instance)).toHaveLength(10);
      expect(Object.keys(resource.aws_network_acl_rule).filter((id) => id.includes("cut"))).not.toEqual([]);
      expect(output.partitions.value).toMatch(/"orders dublin" = "3 of 6 nodes, 2048 of 4096 served/);
      expect(output.partitions.value).toMatch(/"sessions dublin" = "2 of 4 nodes, 4096 of 4096 partitions/);
    });

    it("is previewed and run a cluster, by --cluster", async () => {
      const stretch = (...args: string[]) => node(folder("two-clusters"), bin("stretch"), ...args);
      const preview = ["preview", "shop", "--fault", "split", "--cluster"];
      expect((await stretch(...preview, "orders")).stdout).toContain("Dublin serves 2048 of 4096");
      expect((await stretch(...preview, "sessions")).stdout).toContain("Dublin serves 4096 of 4096");
      await expect(stretch("preview", "shop")).rejects.toThrow(
        /name one with --cluster, one of orders, sessions/,
      );
      const run = ["run", "shop", "--cluster", "orders", "--fault", "split", "--seconds", "3"];
      expect((await stretch(...run)).stdout).toMatch(/^pass/im);
    });
  });

  describe("rehearsal-jest", () => {
    it("lives through the split in its own jest", async () => {
      await npm(folder("rehearsal-jest"), ["test"], 3);
    });
  });

  describe("existing-vpc", () => {
    describeWith(["terraform", "moto"], "with Terraform", () => {
      let moto: Moto;
      let ec2: EC2Client;
      let vpcId: string;
      let terraform: Terraform;

      beforeAll(async () => {
        moto = await Moto.start();
        ec2 = new EC2Client(moto.client(IRELAND));
      });
      afterAll(() => moto?.stop());

      it("type-checks", async () => {
        await node(folder("existing-vpc"), bin("tsc"));
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
          path.join(folder("existing-vpc"), "vpc.json"),
          JSON.stringify({
            vpcId,
            ownerId: Vpc!.OwnerId,
            cidrBlocks: ["10.50.0.0/16"],
            subnetBlock: "10.50.240.0/20",
            routeTableId: RouteTable!.RouteTableId,
          }),
        );
        await run(process.execPath, [bin("cdktf"), "synth"], {
          cwd: folder("existing-vpc"),
          env: moto.env,
          timeoutMs: 120_000,
        });
      });

      it("validates and applies", async () => {
        terraform = new Terraform(path.join(folder("existing-vpc"), "cdktf.out/stacks/orders"), moto);
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

      it("plans the loss of the region with the existing VPC as deny rules, their ends and nothing else", async () => {
        const plan = await terraform.plan({ fault: "ireland-down" });
        expect(plan.changes.length).toBeGreaterThan(0);
        for (const { address, action } of inAws(plan.changes)) {
          expect(address).toMatch(
            /^aws_(network_acl_rule|scheduler_schedule)\.ireland-from-(germany|sweden)_/,
          );
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

    it("type-checks and synthesises with the community successor by package alias", async () => {
      const successor = path.join(dir, "successor");
      cpSync(path.join(EXAMPLES, "existing-vpc"), successor, { recursive: true });
      const file = path.join(successor, "package.json");
      const project = JSON.parse(readFileSync(file, "utf8"));
      // As docs/cdktn.md says.
      Object.assign(project.dependencies, {
        "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25.7.0",
        cdktf: "npm:cdktn@0.24.0",
        cdktn: "0.24.0",
        "cdktf-stretch-cluster": packed,
        constructs: ">=10.6.0 <10.8.0",
      });
      delete project.devDependencies["cdktf-cli"];
      writeFileSync(file, JSON.stringify(project));
      await install(successor);
      await node(successor, "node_modules/typescript/bin/tsc");
      await node(successor, "--import", "tsx", "main.ts");
      const { terraform, resource } = JSON.parse(
        readFileSync(path.join(successor, "cdktf.out/stacks/orders/cdk.tf.json"), "utf8"),
      );
      expect(terraform.required_providers.aws.version).toMatch(/^6\./);
      const hosts: { tags: Record<string, string> }[] = Object.values(resource.aws_instance);
      expect(hosts.map(({ tags }) => tags.scenario)).toEqual(Array(6).fill("orders"));
      expect(Object.values(resource.aws_vpc)).toHaveLength(2);
    });
  });
});
