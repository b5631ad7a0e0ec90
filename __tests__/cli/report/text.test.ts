import fc from "fast-check";
import { wrapped } from "../../../cli/report/text";

describe("a wrapped text", () => {
  it("is broken between words, the lines after the first indented", () => {
    expect(wrapped("  - Heal the network. Leave the roster alone.", 24, "    ")).toBe(
      "  - Heal the network.\n    Leave the roster\n    alone.",
    );
  });

  it("is left as it is where it fits, numbers with commas too", () => {
    expect(wrapped("kept 2,048 of 4,096", 19)).toBe("kept 2,048 of 4,096");
    expect(wrapped("kept 2,048 of 4,096", 14)).toBe("kept 2,048 of\n4,096");
  });

  it("is broken after commas where a word is longer than a line", () => {
    expect(wrapped("roster A3B33@33,A3B32@32,A2B33@33", 20, "  ")).toBe(
      "roster A3B33@33,\n  A3B32@32,A2B33@33",
    );
  });

  it("keeps its own lines", () => {
    expect(wrapped("one\ntwo three", 5)).toBe("one\ntwo\nthree");
  });

  it("has no line beyond the width, and loses nothing but spaces", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 5, max: 100 }), (text, width) => {
        const lines = wrapped(text, width, "  ").split("\n");
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
        expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
    );
  });
});
