import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { fixtures, stretch } from "../support";

const even = ["--topology", join(fixtures, "even-split.yaml")];

async function rows(...args: string[]): Promise<{ ids: string[]; rows: string[][] }> {
  const { code, out } = await stretch(["map", ...args, "--json"]);
  expect(code).toBe(0);
  return JSON.parse(out) as { ids: string[]; rows: string[][] };
}

describe("stretch map", () => {
  it("gives the replicas of all 4096 partitions, in order", async () => {
    const map = await rows(...even);
    expect(map.ids).toEqual(["A352", "A600", "A129", "A70", "A882", "A517"]);
    expect(map.rows).toHaveLength(4096);
    expect(map.rows.every((row) => row.length === 2)).toBe(true);
    expect(map.rows.filter(([master]) => master === "A70")).toHaveLength(682);
    expect(map.rows.filter(([, prole]) => prole === "A70")).toHaveLength(683);
  });

  it("gives of a sub-cluster the replicas that it uses: none where it does not serve", async () => {
    const map = await rows(...even, "--fault", "split", "--side", "a882");
    expect(map.ids).toEqual(["A70", "A882", "A517"]);
    expect(map.rows.filter((row) => row.length === 0)).toHaveLength(2048);
    expect(map.rows.filter(([, prole]) => prole === "A70")).toHaveLength(700);
  });

  it("is a picture: a letter a partition, one picture a replica", async () => {
    const { out } = await stretch(["map", ...even, "--fault", "split", "--side", "A70"]);
    const lines = out.split("\n").filter((line) => /^ *\d+ [A-C·]{64}$/.test(line));
    expect(lines).toHaveLength(2 * 64);
    const masters = lines
      .slice(0, 64)
      .map((line) => line.slice(5))
      .join("");
    expect([...masters].filter((letter) => letter === "A")).toHaveLength(682);
    expect([...masters].filter((letter) => letter === "·")).toHaveLength(2048);
    expect(out).toMatch(/^A\|A70 +\| +682\| +700$/m);
  });

  it("is wider on a wide terminal, and the same with colours", async () => {
    const wide = await stretch(["map", ...even], true, 140);
    const lines = stripVTControlCharacters(wide.out)
      .split("\n")
      .filter((line) => /^ *\d+ [A-F]{128}$/.test(line));
    expect(lines).toHaveLength(2 * 32);
    expect(stripVTControlCharacters(wide.out)).toBe((await stretch(["map", ...even], false, 140)).out);
  });

  it("fails on a side that is an orphan", async () => {
    const args = ["map", ...even, "--fault", "one-link-left", "--side"];
    expect((await stretch([...args, "A882"])).code).toBe(0);
    const { code, err } = await stretch([...args, "A352"]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /"A352" is in no cluster in fault "one-link-left" and serves nothing: expected one of A70, A882, A517/,
    );
  });

  it("goes on from the clusters of the fault before it with --after", async () => {
    const half = ["map", "--topology", join(fixtures, "half-healed.yaml"), "--fault", "half", "--side", "A3"];
    const ids = async (args: string[]) =>
      (JSON.parse((await stretch([...args, "--json"])).out) as { ids: string[] }).ids;
    expect(await ids(half)).toEqual(["A3", "B1", "B2", "B3"]);
    expect(await ids([...half, "--after", "split"])).toEqual(["A1", "A2", "A3"]);
  });

  it("fails where every node is down, with and without --side", async () => {
    for (const side of [[], ["--side", "A70"]]) {
      const { code, err } = await stretch(["map", ...even, "--fault", "all-down", ...side]);
      expect(code).toBe(2);
      expect(err).toMatch(/^stretch: Every node is down in fault "all-down": there is no map\./);
    }
  });

  it("needs no --side where there is one sub-cluster, and fails on a side that is down", async () => {
    const odd = ["--topology", join(fixtures, "odd-split.json"), "--fault", "rack-down"];
    expect((await rows(...odd)).rows.every((row) => row.length === 0)).toBe(true);
    const { code, err } = await stretch(["map", ...odd, "--side", "A541"]);
    expect(code).toBe(2);
    expect(err).toMatch(/"A541" is down in fault "rack-down": expected one of A829, A476, A250/);
  });
});
