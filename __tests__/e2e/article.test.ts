import { EVEN_TABLES, ODD_TABLES, type Table } from "../rehearsal/article/tables";
import { describeWith } from "../support/requirements";
import { LIMIT, type Ran, stretchRun } from "./support/stretch-run";

jest.setTimeout(2 * LIMIT);

/** What every node of a printed table said at an observe step, as the table has it. */
function tableAt({ summary }: Ran, label: string, of: Table): Record<string, number[]> {
  const { observation } = summary.steps.find((step) => step.observation?.label === label)!;
  const said = new Map(observation!.nodes.map((node) => [node.id, node]));
  return Object.fromEntries(
    Object.keys(of).map((id) => {
      const { master, prole, nonReplica } = said.get(id)!;
      return [id, [master, prole, nonReplica]];
    }),
  );
}

/** Sums of the columns over some nodes. */
function sums(table: Readonly<Record<string, readonly number[]>>, ids = Object.keys(table)): number[] {
  return ids.map((id) => [...table[id]]).reduce((a, b) => a.map((n, i) => n + b[i]));
}

const LONDON = ["A352", "A600", "A129"];
const PARIS = ["A70", "A882", "A517"];

describeWith(["client for Node.js"], "the article's two days, by the files of examples/article", () => {
  let even: Ran;
  let odd: Ran;

  beforeAll(async () => {
    [even, odd] = await Promise.all(
      ["even-split", "rack-failure"].map((name) =>
        stretchRun(["--topology", `examples/article/${name}.yaml`]),
      ),
    );
  });

  test("pass, and nothing differs from what was foretold", () => {
    for (const { code, output, summary } of [even, odd]) {
      expect({ code, reasons: summary.reasons, differences: summary.differences, output }).toEqual({
        code: 0,
        reasons: [],
        differences: [],
        output: expect.stringContaining("0 of ") as string,
      });
    }
  });

  test.each([
    ["470 records", EVEN_TABLES.loaded470],
    ["split, 940 records", EVEN_TABLES.cut],
    ["split, two more in London", EVEN_TABLES.twoMore],
  ])("the even split, %s: Master, Prole and Non-Replica of every node as printed", (label, table) => {
    expect(tableAt(even, label, table)).toEqual(table);
  });

  test("the even split: 470, and of them 246 and 224 in London, 480 and 460, 482, and 942 once healed", () => {
    const at = (label: string) => tableAt(even, label, EVEN_TABLES.cut);
    expect(sums(at("470 records"))).toEqual([470, 470, 0]);
    expect(sums(at("470 records"), LONDON)).toEqual([246, 224, 0]);
    expect(sums(at("940 records"))).toEqual([940, 940, 0]);
    expect(sums(at("split, 940 records"), LONDON)).toEqual([480, 480, 460]);
    expect(sums(at("split, 940 records"), PARIS)).toEqual([460, 460, 480]);
    expect(sums(at("split, two more in London"), LONDON)).toEqual([482, 482, 460]);
    expect(sums(at("healed, 942 records"))).toEqual([942, 942, 0]);
    // The article printed its table while migrations ran: the masters are the same before their end and after.
    const printed = { A352: 147, A600: 156, A129: 179, A70: 165, A882: 153, A517: 142 };
    const masters = Object.entries(at("healed, 942 records")).map(([id, [master]]) => [id, master]);
    expect(Object.fromEntries(masters)).toEqual(printed);
    expect(even.output).toContain("2 acknowledged, then: Node not found for partition mydata [-8]");
  });

  test.each([
    ["271 records", ODD_TABLES.loaded271],
    ["517 records", ODD_TABLES.loaded517],
    ["London lost", ODD_TABLES.rackLost],
    ["rack 32 off the roster, 517 records", ODD_TABLES.rerostered],
    ["rack 32 off the roster, 778 records", ODD_TABLES.loaded778],
    ["rack 32 back on the roster, 778 records", ODD_TABLES.rackBack],
  ])("the rack failure, %s: Master, Prole and Non-Replica of every node as printed", (label, table) => {
    expect(tableAt(odd, label, table)).toEqual(table);
  });

  test("the rack failure: Paris alone serves nothing, 4096 partitions unavailable and none dead", () => {
    const { observation } = odd.summary.steps.find((step) => step.observation?.label === "London lost")!;
    expect(observation!.clusters).toMatchObject([
      { name: "eu-west-3", serves: 0, unavailable: 4096, dead: 0 },
    ]);
  });
});
