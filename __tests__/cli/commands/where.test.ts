import { createHash } from "node:crypto";
import { join } from "node:path";
import { fixtures, stretch } from "../support";

const even = ["--topology", join(fixtures, "even-split.yaml")];
const half = join(fixtures, "half-healed.yaml");

/** The lines of each key, by the key. */
async function told(...args: string[]): Promise<Record<string, string[]>> {
  const { code, out } = await stretch(["where", ...args]);
  expect(code).toBe(0);
  const records = out.split("\n\n").filter((block) => /^ {2}Digest /m.test(block));
  return Object.fromEntries(
    records.map((block) => [/^(.*) (?:in set|without a set)/.exec(block)![1], block.split("\n")]),
  );
}

describe("stretch where", () => {
  it("tells digest, partition and replicas of integer, negative, string and blob keys", async () => {
    const records = await told("1", "-1", "paris-1", "x'00ff10'", ...even);
    expect(records["1"]).toEqual([
      "1 in set dummy: partition 3121",
      "  Digest    318c861089d117b9ab4a223b9643066e1933e559",
      "  Replicas  A517, A129",
    ]);
    expect(records["-1"][1]).toContain("310bc460a8710e871d157ed49c27bc3abce981f0");
    expect(records["paris-1"][1]).toContain("066b20fe5e50962ea1418d6a345434753fb05979");
    expect(records["x'00ff10'"][1]).toContain("b1530ef50be28b1da7ccfa7fdf0e5e53871e79f3");
    expect((await stretch(["where", "1", ...even])).out).toContain(
      "\n\nPredicted by the model, within what was checked",
    );
  });

  it("takes another set, none, and a string of digits in quotes", async () => {
    const { "7": without } = await told("7", "--set", "", ...even);
    expect(without[0]).toMatch(/^7 without a set: partition \d+$/);
    expect(without[1]).toContain("a868688e13d4ed1df11276488b96e415d0321a71");
    const both = await told("7", '"7"', ...even);
    expect(both["7"][1]).not.toBe(both['"7"'][1]);
  });

  it("tells who serves the key in a fault, from each side", async () => {
    const { "1": record } = await told("1", "--fault", "split", ...even);
    expect(record.slice(3)).toEqual([
      "  from eu-west-2  nobody: 11 in running clients, -8 in new ones",
      "  from eu-west-3  A517, A70",
    ]);
  });

  it("tells that nobody serves where every node is down", async () => {
    const { code, out } = await stretch(["where", "1", "--fault", "all-down", ...even]);
    expect(code).toBe(0);
    expect(out).toMatch(/ {2}A517, A129\n\nEvery node is down in fault "all-down": nobody serves them\.$/m);
    expect(out).toMatch(/beyond what was checked against a real cluster: every\s+node down\./);
  });

  it("tells from each side which owners refuse new clients", async () => {
    const { "1": record } = await told("1", "even-split", "--fault", "one-way");
    expect(record[3]).toMatch(/^ {2}from London {2}(A\dB\d+, A\dB\d+); A\dB33 refuses new clients$/);
    expect(record[4]).toMatch(/^ {2}from Paris {3}A\dB\d+, A\dB\d+$/);
  });

  it("tells what clients beside orphans get: 11 once those have blocked, -8 where they cannot ask an old owner", async () => {
    const { "1": record } = await told("1", ...even, "--fault", "one-link-left");
    expect(record[3]).toMatch(/^ {2}from eu-west-3 {2}A\d+, A\d+$/);
    expect(
      record
        .slice(4)
        .join(" ")
        .replace(/(\S) +/g, "$1 "),
    ).toBe(
      "  from eu-west-2 nobody, once its orphans block 10.2 to 11.2 s after the cut: 11 in running clients, -8 in new ones",
    );
  });

  it("says as JSON when the orphans there block, and goes on from the clusters of the fault before", async () => {
    const places = async (...args: string[]) => {
      const { out } = await stretch(["where", "1", "--topology", half, ...args, "--json"]);
      const { after, records } = JSON.parse(out) as {
        after?: string;
        records: { places: { place: string; blocks?: number[] }[] }[];
      };
      return { after, places: records[0].places.map(({ place, blocks }) => ({ place, blocks })) };
    };
    expect(await places("--fault", "half")).toEqual({
      places: [
        { place: "a (A3) and b", blocks: undefined },
        { place: "a (A1, A2)", blocks: [10_200, 15_200] },
      ],
    });
    expect(await places("--fault", "half", "--after", "split")).toEqual({
      after: "split",
      places: [
        { place: "a", blocks: undefined },
        { place: "b", blocks: undefined },
      ],
    });
  });

  it("takes a last word that names a scenario for the scenario", async () => {
    const { "1": record } = await told("1", "even-split", "--fault", "split");
    expect(record.slice(3).map((line) => line.slice(0, 13))).toEqual(["  from London", "  from Paris "]);
  });

  it("says the same as JSON", async () => {
    const { out } = await stretch(["where", "1", ...even, "--fault", "split", "--json"]);
    expect(JSON.parse(out)).toEqual({
      scenario: even[1],
      fault: "split",
      set: "dummy",
      records: [
        {
          key: "1",
          digest: "318c861089d117b9ab4a223b9643066e1933e559",
          partition: 3121,
          replicas: ["A517", "A129"],
          places: [
            {
              place: "eu-west-2",
              servedBy: [],
              refusingNew: [],
              write: { "before the cut": "11", "after the cut": "-8" },
            },
            {
              place: "eu-west-3",
              servedBy: ["A517", "A70"],
              refusingNew: [],
              write: { "before the cut": "ok", "after the cut": "ok" },
            },
          ],
        },
      ],
      predictedBecause: [],
    });
  });

  it("takes x'' for the blob without bytes, and what is like a blob, in double quotes, for a string", async () => {
    const records = await told("x''", `"x'0'"`, "x'", ...even);
    const ripemd = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash("ripemd160")).digest("hex");
    expect(records["x''"][1]).toContain(ripemd("dummy", Buffer.of(4)));
    expect(records[`"x'0'"`][1]).toContain(ripemd("dummy", Buffer.of(3), "x'0'"));
    expect(records["x'"][1]).toContain(ripemd("dummy", Buffer.of(3), "x'"));
  });

  it.each(["x'0'", "X'00f'", "x'zz'", "x'00 ff'"])("fails on %s, which is not whole bytes", async (key) => {
    const { code, err } = await stretch(["where", key, ...even]);
    expect(code).toBe(2);
    expect(err).toBe(
      `stretch: The key ${key} is no blob: expected two hexadecimal digits a byte between the quotes, such as x'00ff'. For the string write '"${key}"'.`,
    );
  });

  it("fails on an integer of more than 64 bits", async () => {
    const { code, err } = await stretch(["where", "99999999999999999999", ...even]);
    expect(code).toBe(2);
    expect(err).toMatch(/99999999999999999999 is not valid: an integer key has 64 bits/);
  });
});
