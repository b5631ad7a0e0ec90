import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixtures, stretch } from "../support";

const dir = mkdtempSync(join(tmpdir(), "stretch-designs-"));
afterAll(() => rmSync(dir, { recursive: true }));

interface Json {
  designs: {
    name: string;
    nodes: number;
    copies: number;
    single: { kind: string; percent: number; losses: string[] }[];
    worst: Record<string, { percent: number; losses: string[] }>;
    two: { percent: number };
    times: Record<string, { write?: number; linearizedRead?: number }>;
    hourly?: number;
  }[];
  take: string;
  because: string;
}

async function compared(...args: string[]): Promise<Json> {
  const { code, out, err } = await stretch(["compare-designs", ...args, "--json"]);
  expect(code).toBe(0);
  // What may stand beside the figures: the age of the prices.
  expect(err.replace(/^The table of prices is of .*\n?/, "")).toBe("");
  return JSON.parse(out);
}

describe("stretch compare-designs", () => {
  const LIST = "3:3,4:3,3:3+1,3:3:3,3:3/active";

  it("tells what is left of each design after losses, at worst, and which to take", async () => {
    const { designs, take, because } = await compared("--designs", LIST);
    const by = Object.fromEntries(designs.map((design) => [design.name, design]));
    const worst = (name: string) =>
      Object.fromEntries(Object.entries(by[name].worst).map(([kind, share]) => [kind, share.percent]));
    expect(worst("3:3")).toEqual({ node: 100, region: 50, link: 50 });
    expect(worst("4:3")).toEqual({ node: 100, region: 0, link: 100 });
    expect(worst("3:3+1")).toEqual({ node: 100, region: 100, link: 100 });
    expect(worst("3:3:3")).toEqual({ node: 100, region: 100, link: 100 });
    expect(worst("3:3/active")).toEqual({ node: 100, region: 0, link: 100 });
    expect(by["3:3:3"].copies).toBe(3);
    expect(["3:3:3", "3:3+1"]).toContain(take);
    expect(because).toMatch(
      /^Take 3:3.*: it serves at least 100 % after any single loss, at \d\.\d\d USD an hour, /,
    );
  });

  it("agrees with the scenarios of those shapes, in shares and times", async () => {
    const { designs } = await compared("even-split", "tie-breaker", "--designs", "3:3,3:3+1");
    const [even, tie, short, shortTie] = designs;
    const shares = (design: Json["designs"][0]) =>
      Object.fromEntries(Object.entries(design.worst).map(([kind, { percent }]) => [kind, percent]));
    expect(shares(even)).toEqual(shares(short));
    expect(shares(tie)).toEqual(shares(shortTie));
    expect(Object.keys(even.times)).toEqual(["eu-west-2", "eu-west-3"]);
    // The scenarios have client hosts too.
    expect(even.hourly!).toBeGreaterThan(short.hourly!);
  });

  it("reckons with round trips of one's own, and a region's clients", async () => {
    const file = join(dir, "rtt.yaml");
    writeFileSync(file, "eu-west-2: { eu-west-3: 100 }");
    const { designs } = await compared("--designs", "3:3", "--rtt", file);
    // To the master, in half of the cases far away, and from it to the other region.
    expect(designs[0].times["eu-west-2"].write).toBeCloseTo(150.5, 0);
  });

  it("shows tables, and does not know the price of a file without regions", async () => {
    const file = join(dir, "plain.yaml");
    writeFileSync(
      file,
      "namespace: { name: a, replicationFactor: 2, strongConsistency: true }\nnodes: [{ id: A1, rack: 1 }, { id: B1, rack: 2 }]",
    );
    const { code, out } = await stretch(
      ["compare-designs", file, join(fixtures, "even-split.yaml")],
      false,
      240,
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^\S*plain.yaml *\|.*\|not known *\|not known *\|not known$/m);
    expect(out).toMatch(/50 % \(link eu-west-2 - eu-west-3\)/);
    expect(out).toMatch(/^Take \S+even-split.yaml: /m);
  });

  it.each([
    [[], /No design was given/],
    [["--designs", "3:x"], /The design "3:x" is none: expected nodes a region/],
    [["--designs", "3:0"], /has a region without nodes/],
    [["--designs", "1:1:1:1:1"], /is in 5 regions and 4 are known .* name more with --regions/],
    [["--designs", "1"], /fewer nodes with data than copies/],
    [["--designs", "3:3", "--rf", "0"], /Expected a number of copies/],
    [["no-such"], /There is no stack "no-such"/],
    [[join(dir, "none.yaml")], /none.yaml/],
  ])("fails for %j: exit code 2", async (args, message) => {
    const { code, err } = await stretch(["compare-designs", ...args]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
