import { table } from "../../../cli/report/table";

const head = ["Node", "Nodes", "Count"];
const rows = [["A1", "A1, A2, A3, A4, A5, A6", 12]];

describe("a table", () => {
  it("is as wide as its cells, numbers to the right", () => {
    expect(table("T", head, rows, { columns: 80 }).split("\n")).toEqual(
      [
        "~~~~~~~~~~~~~~~~~T~~~~~~~~~~~~~~~~~~",
        "Node|Nodes                 |Count",
        "A1  |A1, A2, A3, A4, A5, A6|   12",
      ].map((line, i) => (i === 0 ? `${"~".repeat(16)}T${"~".repeat(16)}` : line)),
    );
  });

  it("narrows its widest column where the terminal is narrower, and goes on in lines below", () => {
    expect(table("T", head, rows, { columns: 24 }).split("\n")).toEqual([
      `${"~".repeat(10)}T${"~".repeat(11)}`,
      "Node|Nodes      |Count",
      "A1  |A1, A2, A3,|   12",
      "    |A4, A5, A6 |",
    ]);
  });

  it("keeps within the terminal whatever is in it, words without a space too", () => {
    const wide = [["x".repeat(50), "A3B33@33,A3B32@32,A2B33@33,A2B32@32,A1B33@33", 123456]];
    for (const columns of [40, 80, 100]) {
      const lines = table("T", head, wide, { columns }).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines.join("").replace(/[~|\s]/g, "")).toContain("123456");
    }
  });
});
