import { digest, type Key, ModelError, partitionOf } from "../../model";
import { gzippedFixture } from "../support/fixture-files";

/** Digests that the real Node.js client put on the wire: set, key, digest. */
const recorded: [set: string, key: Key, hex: string][] = [
  ["dummy", 1, "318c861089d117b9ab4a223b9643066e1933e559"],
  ["dummy", "paris-1", "066b20fe5e50962ea1418d6a345434753fb05979"],
  ["dummy", Buffer.from("00ff10", "hex"), "b1530ef50be28b1da7ccfa7fdf0e5e53871e79f3"],
  ["", 7, "a868688e13d4ed1df11276488b96e415d0321a71"],
  ["dummy", -1, "310bc460a8710e871d157ed49c27bc3abce981f0"],
  ["dummy", "stored", "c3c5ebdc80cf9f551277d34fd03170baafbdc6c4"],
];

describe("digests", () => {
  it.each(recorded)("of set %j, key %p is the one that the real client sent", (set, key, hex) => {
    expect(Buffer.from(digest(set, key)).toString("hex")).toBe(hex);
  });

  it("take a bigint for an integer of 64 bits", () => {
    expect(digest("dummy", -1n)).toEqual(digest("dummy", -1));
    expect(digest("dummy", -(2n ** 63n))).toHaveLength(20);
  });

  it("tell an integer from the string of its digits", () => {
    expect(digest("dummy", 1)).not.toEqual(digest("dummy", "1"));
  });

  it.each([1.5, NaN, 2 ** 53, 2n ** 63n])("fails on key %p, which is no integer of 64 bits", (key) => {
    expect(() => digest("dummy", key)).toThrow(ModelError);
  });

  it("are in the recorded frames, for every key of the recording", () => {
    const { steps } = gzippedFixture<{
      steps: {
        frames: { dir: string; hex?: string }[];
        client?: { value?: { set?: string | null; key?: string | number; digest?: string } };
      }[];
    }>("recordings/node-client");
    const puts = steps.filter(({ client }) => typeof client?.value?.digest === "string");
    for (const { frames, client } of puts) {
      const { set, key } = client!.value!;
      const blob = typeof key === "string" && key.startsWith("hex:");
      const sent = Buffer.from(digest(set ?? "", blob ? Buffer.from(key.slice(4), "hex") : key!)).toString(
        "hex",
      );
      expect(frames.find(({ dir, hex }) => dir === "request" && hex)!.hex).toContain(sent);
    }
    expect(puts.length).toBeGreaterThanOrEqual(18);
  });
});

describe("partitions", () => {
  it("are the low 12 bits of the digest's first two bytes, little-endian", () => {
    expect(partitionOf(Buffer.from("318c", "hex"))).toBe(0xc31);
    expect(partitionOf(digest("dummy", 1))).toBe(3121);
  });
});
