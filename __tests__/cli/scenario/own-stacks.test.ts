import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { runAppCommand } from "../../../cli/scenario/app-command";
import { FaultSwitch, PartitionRule, Peering, RackOutage, RegionVpc, StretchCluster } from "../../../modules";
import { MYDATA } from "../../support/fixtures";
import { stretch } from "../support";

/** An app with one cluster, one with two, and a stack that has nothing of ours. */
function synthesise(outdir: string): void {
  const app = new App({ outdir });
  const regions = (stack: TerraformStack) => {
    const dublin = new RegionVpc(stack, "dublin", { region: "eu-west-1", cidrBlock: "10.1.0.0/16" });
    const frankfurt = new RegionVpc(stack, "frankfurt", { region: "eu-central-1", cidrBlock: "10.2.0.0/16" });
    new Peering(stack, "peering", { requester: dublin, accepter: frankfurt });
    new PartitionRule(stack, "cut", { fault: "split", between: [dublin, frankfurt] });
    const racks = (first: number, nodes: number) => [
      { id: first, vpc: dublin, nodes },
      { id: first + 1, vpc: frankfurt, nodes },
    ];
    return { dublin, frankfurt, racks };
  };
  const orders = new TerraformStack(app, "orders");
  new StretchCluster(orders, "cluster", { namespace: MYDATA, racks: regions(orders).racks(1, 3) });
  const shop = new TerraformStack(app, "shop");
  const { dublin, frankfurt, racks } = regions(shop);
  const carts = new StretchCluster(shop, "carts", { namespace: MYDATA, racks: racks(1, 2) });
  new StretchCluster(shop, "sessions", {
    namespace: { ...MYDATA, strongConsistency: false },
    racks: racks(3, 1),
  });
  const faultSwitch = FaultSwitch.of(shop, "outage");
  new RackOutage(shop, "lost", { fault: "dublin-down", rack: carts.rack(1), faultSwitch });
  new PartitionRule(shop, "routes", { fault: "routes", between: [dublin, frankfurt], method: "route" });
  new TerraformOutput(new TerraformStack(app, "bare"), "nothing", { value: 1 });
  app.synth();
}

describe("the stacks of one's own app", () => {
  const dir = mkdtempSync(join(tmpdir(), "stretch-own-"));
  const [out, hcl] = [join(dir, "cdktf.out"), join(dir, "hcl")];
  const of = ["--app-output", out];
  const home = process.cwd();
  beforeAll(() => {
    synthesise(out);
    // As cdktf synth --hcl asks for it.
    process.env.SYNTH_HCL_OUTPUT = "true";
    synthesise(hcl);
    delete process.env.SYNTH_HCL_OUTPUT;
    process.chdir(dir);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(dir, { recursive: true });
  });
  const json = async (...args: string[]) => JSON.parse((await stretch([...args, "--json"])).out);

  it("are previewed by name, sides named by their VPCs", async () => {
    const { code, out: text, err } = await stretch(["preview", "orders", "--fault", "split", ...of]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(text).toMatch(/^ {2}Dublin: A1B1, A2B1, A3B1 \(3 of 6\)$/m);
    expect(text).toContain("Frankfurt serves 2048 of 4096");
  });

  it("are read from HCL as from JSON", async () => {
    const preview = ["preview", "shop", "--fault", "split", "--cluster", "carts"];
    expect((await stretch([...preview, "--app-output", hcl])).out).toBe(
      (await stretch([...preview, ...of])).out,
    );
  });

  it("have one of several clusters named by --cluster, by its path or its cluster-name", async () => {
    const sessions = await json("preview", "shop", "--fault", "split", "--cluster", "sessions", ...of);
    expect(sessions.subClusters.map(({ nodes }: { nodes: string[] }) => nodes)).toEqual([["A1B3"], ["A1B4"]]);
    expect(await json("preview", "shop", "--fault", "split", "--cluster", "shop-sessions", ...of)).toEqual(
      sessions,
    );
  });

  it("are mapped, located, priced, rendered and listed by name", async () => {
    expect((await json("map", "orders", ...of)).ids).toHaveLength(6);
    expect((await stretch(["where", "42", "orders", "--fault", "split", ...of])).out).toMatch(/from Dublin/);
    expect((await stretch(["price", "shop", ...of])).out).toMatch(/^eu-west-1 +\|t3a.medium *\| +3\|/m);
    expect((await stretch(["price", "shop", "--writes", "10", "--cluster", "carts", ...of])).out).toMatch(
      /from eu-west-1 and\s+eu-central-1/,
    );
    const rendered = await stretch(["render", "orders", "--node", "A1B2", "--out", join(dir, "r"), ...of]);
    expect(rendered.code).toBe(0);
    expect(readFileSync(join(dir, "r", "A1B2", "aerospike.conf"), "utf8")).toContain("node-id A1B2\n");
    const { out: listed } = await stretch(["scenarios", ...of]);
    expect(listed).toMatch(/^orders$/m);
    expect(listed).not.toContain("bare");
    const { out: shop } = await stretch(["scenarios", "shop", ...of]);
    expect(shop.replaceAll(/\s+/g, " ")).toContain("cdktf diff shop --var outage=dublin-down");
  });

  it("have faults that end by themselves, by the variables of their switch", async () => {
    const { out: command } = await stretch(["fault", "dublin-down", "shop", "--heal-after", "30m", ...of]);
    expect(command).toMatch(/^npx cdktf deploy shop --var outage=dublin-down --var heal_at_outage=\d{4}-/);
    const routes = await stretch(["fault", "routes", "shop", "--heal-after", "30m", ...of]);
    expect(routes).toMatchObject({ code: 2, err: expect.stringMatching(/cannot end by itself/) });
  });

  it.each([
    [
      "a stack that is none",
      ["preview", "order", ...of],
      /no stack "order": expected one of bare, orders, shop/,
    ],
    [
      "a stack with nothing of ours",
      ["preview", "bare", ...of],
      /The stack "bare" has nothing of cdktf-stretch-cluster in it: expected a stack with a StretchCluster, one of orders, shop/,
    ],
    ["no stack of several", ["preview", ...of], /No stack was named, .* expected one of orders, shop/],
    [
      "no cluster of several",
      ["preview", "shop", ...of],
      /The stack "shop" has 2 clusters: name one with --cluster, one of carts, sessions/,
    ],
    [
      "a cluster that is none",
      ["map", "shop", "--cluster", "cart", ...of],
      /no cluster "cart": expected one of carts, sessions/,
    ],
    [
      "a fault that is none",
      ["preview", "orders", "--fault", "x", ...of],
      /orders has no fault "x": expected one of none, split/,
    ],
    [
      "a folder that is none",
      ["preview", "orders", "--app-output", dir],
      /is no folder that a CDKTF app has synthesised into: .*manifest/,
    ],
    ["the price of HCL", ["price", "orders", "--app-output", hcl], /"orders" was synthesised as HCL/],
    [
      "a topology beside it",
      ["preview", "--topology", "x", ...of],
      /Both --app-output .* and --topology x were given/,
    ],
  ])("fails for %s: exit code 2", async (_, args, message) => {
    const { code, err } = await stretch(args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it.each([
    [{ version: 99 }, /have the version 99: expected 1/],
    [{ version: 1, clusters: 5 }, /are not as cdktf-stretch-cluster writes them: vpcs/],
  ])("fails for metadata %j", async (metadata, message) => {
    const folder = join(dir, "other");
    cpSync(out, folder, { recursive: true });
    const file = join(folder, "stacks", "orders", "cdk.tf.json");
    const stack = JSON.parse(readFileSync(file, "utf8"));
    stack["//"].metadata.stretch = metadata;
    writeFileSync(file, JSON.stringify(stack));
    const { code, err } = await stretch(["preview", "orders", "--app-output", folder]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  describe("of the app command in cdktf.json", () => {
    const app = (text: string) => {
      const folder = mkdtempSync(join(dir, "app-"));
      writeFileSync(join(folder, "app.js"), text);
      writeFileSync(
        join(folder, "cdktf.json"),
        JSON.stringify({ app: `"${process.execPath}" app.js`, context: { size: 3 } }),
      );
      process.chdir(folder);
    };

    it("are what it synthesises now, told its folder and the context as cdktf tells it", async () => {
      app(`
        const { cpSync, writeFileSync } = require("node:fs");
        if (JSON.parse(process.env.CDKTF_CONTEXT_JSON).size !== 3) throw new Error("no context");
        cpSync(${JSON.stringify(out)}, process.env.CDKTF_OUTDIR, { recursive: true });
        writeFileSync("ran", process.env.CDKTF_OUTDIR);
      `);
      expect((await json("preview", "orders", "--fault", "split")).subClusters).toHaveLength(2);
      expect(() => readFileSync(join(readFileSync("ran", "utf8"), "manifest.json"))).toThrow(/ENOENT/);
    });

    it.each([
      [
        "fails",
        `console.error("first\\nOrders: got 3; expected 4."); process.exit(3)`,
        /The app of cdktf.json \(.*app\.js\) ended with exit code 3:\n {2}first\n {2}Orders: got 3; expected 4\.$/,
      ],
      [
        "is killed",
        `process.kill(process.pid, "SIGKILL")`,
        /(ended with exit code 137|was ended by SIGKILL):\n {2}(Killed|it said nothing)/,
      ],
      ["synthesises nothing there", ``, /synthesised nothing into the folder that CDKTF_OUTDIR names/],
    ])("fails where it %s: exit code 2", async (_, text, message) => {
      app(text);
      const { code, err } = await stretch(["preview", "orders"]);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    });

    it("fails where it is no command", async () => {
      mkdirSync(join(dir, "none"));
      process.chdir(join(dir, "none"));
      writeFileSync("cdktf.json", JSON.stringify({ app: 5 }));
      const { code, err } = await stretch(["preview", "orders"]);
      expect(err).toMatch(/app in cdktf.json is 5: expected the command that synthesises/);
      expect(code).toBe(2);
    });

    it("ends an app that takes too long, and what it started", async () => {
      app(
        `require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "inherit" });`,
      );
      await expect(runAppCommand(`"${process.execPath}" app.js`, {}, 300)).rejects.toThrow(
        /did not end within 0.3 s/,
      );
    });
  });
});
