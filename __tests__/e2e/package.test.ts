import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { REPO } from "./support/environment";
import { Moto } from "./support/moto";
import { install, node, pack, type Packed, npm } from "./support/npm";
import { describeWith } from "../support/requirements";
import { inAws, Terraform } from "./support/terraform";

/** Somebody else's stack: other regions, two zones a region, five nodes. */
const CONSUMER = `
import { App, TerraformStack } from "cdktf";
import { FaultSwitch, InputError, PartitionRule, Peering, RegionVpc, StretchCluster } from "cdktf-stretch-cluster";
import { type Topology, PARTITIONS } from "cdktf-stretch-cluster/model";
import { scenarios } from "cdktf-stretch-cluster/scenarios";

const app = new App({ outdir: "out" });
const stack = new TerraformStack(app, "mine");
const virginia = new RegionVpc(stack, "virginia", { region: "us-east-1", cidrBlock: "10.10.0.0/16", zones: ["a", "b"] });
const frankfurt = new RegionVpc(stack, "frankfurt", { region: "eu-central-1", cidrBlock: "10.20.0.0/16", zones: ["a", "b"] });
const peering: Peering = new Peering(stack, "peering", { requester: virginia, accepter: frankfurt });
const cluster = new StretchCluster(stack, "cluster", {
  namespace: { name: "orders", replicationFactor: 2, strongConsistency: true },
  racks: [
    { id: 1, vpc: virginia, nodes: ["a", "b", "a"] },
    { id: 2, vpc: frankfurt, nodes: ["a", "b"] },
  ],
});
new PartitionRule(stack, "cut", { fault: "split", between: [virginia, frankfurt] });
app.synth();

const topology: Topology = cluster.topology();
const problem: Error | undefined = undefined as InputError | undefined;
console.log(JSON.stringify({
  addresses: topology.nodes.map((node) => node.address),
  connection: typeof peering.connection.id,
  faults: FaultSwitch.of(stack).faults,
  partitions: PARTITIONS,
  problem: typeof problem,
  scenarios: scenarios.map(({ name }) => name),
}));
`;

/** The compiler and Node's types, which every such project has. */
const TSC = path.join(REPO, "node_modules/typescript/bin/tsc");
const NODE_TYPES = { types: ["node"], typeRoots: [path.join(REPO, "node_modules/@types")] };

/** Every string in a value of JSON. */
function leaves(value: unknown): string[] {
  return typeof value === "string" ? [value] : Object.values(value as object).flatMap(leaves);
}

describeWith(["npm registry"], "the packed package", () => {
  let dir: string;
  let packed: Packed;
  const contents = () => packed.files.map((file) => file.path);

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "stretch-package-"));
    packed = await pack(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** An empty folder with the package and these versions of its peers. */
  async function consumer(name: string, peers: Record<string, string>): Promise<string> {
    const folder = path.join(dir, name);
    mkdirSync(folder);
    const dependencies = { "cdktf-stretch-cluster": `file:${path.join(dir, packed.filename)}`, ...peers };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, private: true, dependencies }));
    await install(folder);
    return folder;
  }

  /** Type-checks the consumer's stack by both ways of finding a package's types, then compiles it. */
  async function compile(folder: string): Promise<void> {
    writeFileSync(path.join(folder, "stack.ts"), CONSUMER);
    const shared = { ...NODE_TYPES, strict: true, target: "ES2022" };
    for (const options of [
      { ...shared, module: "Node16", noEmit: true },
      { ...shared, module: "CommonJS", moduleResolution: "Node10", ignoreDeprecations: "6.0" },
    ]) {
      const config = path.join(folder, "tsconfig.json");
      writeFileSync(config, JSON.stringify({ compilerOptions: options, files: ["stack.ts"] }));
      await node(folder, TSC, "-p", config);
    }
  }

  /** What a consumer's stack says to Terraform, and which AWS provider it asks for. */
  function synthesised(name: string): { stack: object; provider: string } {
    const file = path.join(dir, name, "out/stacks/mine/cdk.tf.json");
    const { terraform, ...stack } = JSON.parse(readFileSync(file, "utf8"));
    return { stack: { ...stack, "//": undefined }, provider: terraform.required_providers.aws.version };
  }

  const EXPECTED = {
    addresses: expect.arrayContaining([
      expect.stringMatching(/^10\.10\./),
      expect.stringMatching(/^10\.20\./),
    ]),
    connection: "string",
    faults: ["split"],
    partitions: 4096,
    problem: "undefined",
    scenarios: expect.arrayContaining(["even-split"]),
  };

  it("holds every file that its package.json names, and the templates", () => {
    const {
      main,
      types,
      bin = {},
      exports,
      typesVersions,
    } = JSON.parse(readFileSync(path.join(REPO, "package.json"), "utf8"));
    const named = leaves([main, types, bin, exports, typesVersions]).map((file) => path.normalize(file));
    const templates = readdirSync(path.join(REPO, "templates"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join("dist", path.relative(REPO, path.join(entry.parentPath, entry.name))));
    expect(contents()).toEqual(expect.arrayContaining([...named, ...templates]));
  });

  it("holds no source and no test", () => {
    const compiled = contents().filter((file) => file.startsWith("dist/"));
    expect(compiled.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file))).toEqual([]);
    const elsewhere = new Set(contents().map((file) => file.split("/")[0]));
    expect([...elsewhere].filter((name) => !/\.md$/.test(name)).sort()).toEqual([
      "LICENSE",
      "dist",
      "docs",
      "examples",
      "package.json",
    ]);
    expect(contents().filter((file) => /cdktf\.out|node_modules/.test(file))).toEqual([]);
  });

  it("has every file that its README links to", () => {
    const readme = readFileSync(path.join(REPO, "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target.replace(/#.*/, "").replace(/\/$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
    expect(links.length).toBeGreaterThan(0);
    const there = new Set(contents().flatMap((file) => [file, path.dirname(file)]));
    expect(links.filter((target) => !there.has(target))).toEqual([]);
  });

  it("runs on a client host from the lock file in it, with scripts of the database client alone", async () => {
    const folder = path.join(dir, "client-host");
    mkdirSync(path.join(folder, "app"), { recursive: true });
    const tarball = path.join(dir, packed.filename);
    execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", path.join(folder, "app")]);
    for (const file of ["package.json", "package-lock.json"]) {
      cpSync(path.join(folder, "app/dist/client-host", file), path.join(folder, file));
    }
    await npm(folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], 8);
    await npm(folder, ["rebuild", "--ignore-scripts=false", "aerospike"], 8);
    const { stdout } = await node(folder, "app/dist/cli/cli.js", "--version");
    expect(stdout.trim()).toBe(JSON.parse(readFileSync(path.join(REPO, "package.json"), "utf8")).version);
    await node(folder, "-e", 'require("aerospike")');
    // 137 is the ABI of Node.js 24, which the host has.
    const bindings = readdirSync(path.join(folder, "node_modules/aerospike/lib/binding"));
    expect(bindings).toContain("node-v137-linux-x64");
    // What a host's boot does of this: templates/client-install.sh.
    expect(existsSync(path.join(folder, "node_modules/@cdktf/provider-aws"))).toBe(false);
  });

  describe("with the oldest supported provider classes", () => {
    let folder: string;

    beforeAll(async () => {
      folder = await consumer("oldest", {
        cdktf: "0.21.0",
        constructs: "10.4.2",
        "@cdktf/provider-aws": "20.1.0",
      });
    });

    it("needs neither the null provider nor a database client nor the AWS SDK", () => {
      expect(existsSync(path.join(folder, "node_modules/@cdktf/provider-aws"))).toBe(true);
      expect(existsSync(path.join(folder, "node_modules/@cdktf/provider-null"))).toBe(false);
      expect(existsSync(path.join(folder, "node_modules/aerospike"))).toBe(false);
      expect(existsSync(path.join(folder, "node_modules/@aws-sdk"))).toBe(false);
    });

    it("type-checks and synthesises a stack of one's own in plain node", async () => {
      await compile(folder);
      const { stdout } = await node(folder, "stack.js");
      expect(JSON.parse(stdout)).toEqual(EXPECTED);
      const stack = JSON.parse(readFileSync(path.join(folder, "out/stacks/mine/cdk.tf.json"), "utf8"));
      expect(Object.keys(stack.resource.aws_instance)).toHaveLength(5);
    });

    it("can be imported by an ES module", async () => {
      writeFileSync(
        path.join(folder, "esm.mjs"),
        `import { RegionVpc } from "cdktf-stretch-cluster"; console.log(typeof RegionVpc);`,
      );
      expect((await node(folder, "esm.mjs")).stdout.trim()).toBe("function");
    });

    it("has a command that predicts", async () => {
      const preview = await node(
        folder,
        "node_modules/.bin/stretch",
        "preview",
        "even-split",
        "--fault",
        "split",
      );
      expect(preview.stdout).toContain("A1B32, A2B32, A3B32 (3 of 6)");
    });

    it("has a command that predicts one's own stack", async () => {
      const preview = ["preview", "mine", "--fault", "split", "--app-output", "out"];
      expect((await node(folder, "node_modules/.bin/stretch", ...preview)).stdout).toContain(
        "Virginia: A1B1, A2B1, A3B1 (3 of 5)",
      );
    });

    describeWith(["terraform", "moto"], "and Terraform", () => {
      let moto: Moto;
      let terraform: Terraform;

      beforeAll(async () => {
        moto = await Moto.start();
        terraform = new Terraform(path.join(folder, "out/stacks/mine"), moto);
        await terraform.init();
      });
      afterAll(() => moto?.stop());

      it("applies the stack, plans no change, previews the cut and destroys it", async () => {
        await terraform.apply();
        const hosts = await new EC2Client(moto.client("eu-central-1")).send(new DescribeInstancesCommand());
        const addresses = hosts.Reservations?.flatMap(({ Instances = [] }) =>
          Instances.map((i) => i.PrivateIpAddress),
        );
        expect(addresses).toEqual([expect.stringMatching(/^10\.20\./), expect.stringMatching(/^10\.20\./)]);
        expect(await terraform.plan()).toMatchObject({ changes: [], outputs: [] });
        const cut = await terraform.plan({ fault: "split" });
        expect(cut.changes.length).toBeGreaterThan(0);
        for (const { address, action } of inAws(cut.changes)) {
          expect(address).toMatch(/^aws_(network_acl_rule|scheduler_schedule)\./);
          expect(action).toBe("create");
        }
        await terraform.destroy();
        expect((await terraform.show()).values).toBeUndefined();
      });
    });
  });

  describe("with the newest provider classes", () => {
    let folder: string;

    beforeAll(async () => {
      folder = await consumer("newest", {
        cdktf: "^0.21.0",
        constructs: "^10.4.2",
        "@cdktf/provider-aws": "^21.0.0",
      });
    });

    it("type-checks and synthesises the same stack", async () => {
      await compile(folder);
      const { stdout } = await node(folder, "stack.js");
      expect(JSON.parse(stdout)).toEqual(EXPECTED);
    });

    it("says to Terraform what the oldest do, but for the provider's version", () => {
      const [oldest, newest] = [synthesised("oldest"), synthesised("newest")];
      expect([oldest.provider, newest.provider]).toEqual([
        expect.stringMatching(/^5\./),
        expect.stringMatching(/^6\./),
      ]);
      expect(newest.stack).toEqual(oldest.stack);
    });

    it("compiles the constructs from their source", async () => {
      // The source names the types of the optional peer; the declarations in the package do not.
      await npm(
        folder,
        ["install", "--prefer-offline", "--no-audit", "--no-fund", "@cdktf/provider-null@11.0.1"],
        5,
      );
      for (const name of ["model", "modules", "scenarios", "templates"]) {
        cpSync(path.join(REPO, name), path.join(folder, name), { recursive: true });
      }
      const { compilerOptions } = JSON.parse(readFileSync(path.join(REPO, "tsconfig.json"), "utf8"));
      writeFileSync(
        path.join(folder, "tsconfig.json"),
        JSON.stringify({
          compilerOptions: { ...compilerOptions, ...NODE_TYPES },
          include: ["model", "modules", "scenarios"],
        }),
      );
      await node(folder, TSC, "-p", "tsconfig.json");
    });
  });
});
