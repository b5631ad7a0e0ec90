import { join } from "node:path";
import { fixtures, stretch } from "../support";

describe("stretch worst", () => {
  it("says of even-split that its link leaves half, of odd-split that London's loss leaves nothing", async () => {
    const { code, out } = await stretch(["worst", "even-split", "--up-to", "1"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^some unavailable *\|link *\| +1\|2048 *\|link eu-west-2 - eu-west-3$/m);
    expect((await stretch(["worst", "odd-split", "--up-to", "1"])).out).toMatch(
      /^all unavailable *\|region *\| +1\|0 *\|eu-west-2$/m,
    );
  });

  it("says of three-regions that no single loss takes anything", async () => {
    expect((await stretch(["worst", "three-regions", "--up-to", "1"])).out).toBe(
      "three-regions: no single loss makes any partition unavailable.",
    );
  });

  it("gives every set as JSON, of a topology file", async () => {
    const { out } = await stretch(["worst", "--topology", join(fixtures, "even-split.yaml"), "--json"]);
    const { sets, partitions } = JSON.parse(out);
    expect(partitions).toBe(4096);
    expect(sets).toContainEqual({
      harm: "some unavailable",
      losses: [{ kind: "link", name: "link eu-west-2 - eu-west-3" }],
      served: 2048,
      dead: 0,
    });
    // Two copies in two racks: every pair of nodes across them holds both copies of some partition.
    const dead = sets.filter(({ harm }: { harm: string }) => harm === "some dead");
    const nodes = dead.filter(({ losses }: { losses: { kind: string }[] }) =>
      losses.every(({ kind }) => kind === "node"),
    );
    expect(nodes).toHaveLength(9);
  });

  it.each(["0", "5", "x"])("fails for --up-to %s with exit code 2", async (upTo) => {
    const { code, err } = await stretch(["worst", "--up-to", upTo]);
    expect(err).toMatch(/Expected a number of losses, 1 to 4/);
    expect(code).toBe(2);
  });
});
