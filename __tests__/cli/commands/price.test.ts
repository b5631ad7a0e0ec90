import { scenarios } from "../../../scenarios";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { billOf } from "../../../cli/price/bill";
import { estimate } from "../../../cli/price/estimate";
import { oldPrices, pricesIn, PRICE_DATE } from "../../../cli/price/prices";
import table from "../../../cli/price/prices.json";
import { crossingsPerWrite } from "../../../cli/price/traffic";
import { RegionVpc, StretchCluster } from "../../../modules";
import { MYDATA } from "../../support/fixtures";
import { stretch } from "../support";

const [LONDON, PARIS, DUBLIN] = ["eu-west-2", "eu-west-3", "eu-west-1"];

const nodes = (rack: number, region: string, ids: string[], quiesced = false) =>
  ids.map((id) => ({ id, rack, region, quiesced }));
const TWO = {
  namespace: MYDATA,
  nodes: [...nodes(32, LONDON, ["A1", "A2", "A3"]), ...nodes(33, PARIS, ["B1", "B2", "B3"])],
};

describe("the table of prices", () => {
  it("has a date, a source for every price, and every price in every region", () => {
    expect(PRICE_DATE).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const [region, prices] of Object.entries(table.regions)) {
      expect([region, Object.keys(prices)]).toEqual([region, Object.keys(table.sources)]);
      const numbers = Object.values(prices).flatMap((price) =>
        typeof price === "number" ? [price] : Object.values(price),
      );
      for (const price of numbers) expect(price).toBeGreaterThan(0);
    }
  });

  it("warns of its age after 180 days, with its date", () => {
    const at = (days: number) => {
      jest.useFakeTimers({ now: Date.parse(PRICE_DATE) + days * 24 * 3600 * 1000 });
      try {
        return oldPrices();
      } finally {
        jest.useRealTimers();
      }
    };
    expect([0, 180].map(at)).toEqual([undefined, undefined]);
    expect(at(181)).toContain(`The table of prices is of ${PRICE_DATE}, 181 days ago`);
  });

  it("fails for a region that it lacks, naming those that it has", () => {
    expect(() => pricesIn("mars-north-1")).toThrow(/no price for the region mars-north-1 .* eu-west-2/);
  });
});

describe("the crossings of a write", () => {
  it("are one to the other copy, half from each region, and every second one to the master", () => {
    const crossings = crossingsPerWrite(TWO, [LONDON, PARIS]);
    expect(crossings.get(LONDON)).toBeCloseTo(0.75, 2);
    expect(crossings.get(PARIS)).toBeCloseTo(0.75, 2);
  });

  it("come from the writer's region alone where only it writes, and from masters everywhere", () => {
    const crossings = crossingsPerWrite(TWO, [LONDON]);
    expect(crossings.get(LONDON)).toBeCloseTo(1, 2);
    expect(crossings.get(PARIS)).toBeCloseTo(0.5, 2);
  });

  it("are two with a copy in each of three regions", () => {
    const three = {
      namespace: { ...MYDATA, replicationFactor: 3 },
      nodes: [...TWO.nodes, ...nodes(31, DUBLIN, ["C1", "C2", "C3"])],
    };
    const crossings = [...crossingsPerWrite(three, [LONDON, PARIS, DUBLIN]).values()];
    // Two thirds of the writes go to a master elsewhere.
    expect(crossings.reduce((a, b) => a + b)).toBeCloseTo(2 + 2 / 3, 2);
  });

  it("do not touch a region whose nodes are quiesced", () => {
    const tie = { ...TWO, nodes: [...TWO.nodes, ...nodes(31, DUBLIN, ["C1"], true)] };
    expect(crossingsPerWrite(tie, [LONDON, PARIS]).has(DUBLIN)).toBe(false);
  });
});

describe("the bill of a stack", () => {
  const outdir = mkdtempSync(join(tmpdir(), "stretch-bill-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  const bill = (egress: "public-ip" | "nat" | "none") => {
    const stack = new TerraformStack(new App({ outdir }), "test");
    const vpc = new RegionVpc(stack, "london", { region: LONDON, cidrBlock: "10.32.0.0/16", egress });
    new StretchCluster(stack, "cluster", {
      namespace: MYDATA,
      racks: [{ id: 32, vpc, nodes: 3 }],
      settings: { packageUrl: "s3://packages/server.tgz" },
    });
    return billOf(JSON.parse(Testing.synth(stack)));
  };

  it("has instances, volumes and public addresses", () => {
    expect(bill("public-ip")).toEqual([
      {
        region: LONDON,
        instances: { "t3a.medium": 3 },
        volumes: { gp2: 30, gp3: 24 },
        publicIpv4: 3,
        natGateways: 0,
        endpoints: 0,
        alarms: 0,
      },
    ]);
  });

  it("has a NAT gateway and its address in each zone in place of the hosts' addresses", () => {
    expect(bill("nat")).toEqual([expect.objectContaining({ publicIpv4: 3, natGateways: 3, endpoints: 0 })]);
  });

  it("has four interface endpoints in each of three zones, and no address, without a way out", () => {
    expect(bill("none")).toEqual([expect.objectContaining({ publicIpv4: 0, natGateways: 0, endpoints: 12 })]);
  });
});

describe("an estimate", () => {
  const bills = [
    {
      region: LONDON,
      instances: { "t3a.medium": 3 },
      volumes: { gp3: 730 },
      publicIpv4: 4,
      natGateways: 2,
      endpoints: 12,
      alarms: 1,
    },
  ];
  const load = { topology: TWO, writers: [LONDON, PARIS], writesPerSecond: 1000, recordSize: 1000 };

  it("is the quantity times the price of an hour, a line a thing", () => {
    const hourly = Object.fromEntries(estimate(bills, load).map((line) => [line.item, line.hourly]));
    expect(hourly).toEqual({
      "t3a.medium": expect.closeTo(3 * 0.0425),
      "gp3 volumes": expect.closeTo(0.0928),
      "public IPv4": expect.closeTo(4 * 0.005),
      "NAT gateways": expect.closeTo(2 * 0.05),
      "interface endpoints": expect.closeTo(12 * 0.011),
      "CloudWatch alarms": expect.closeTo(0.1 / 730, 6),
      // 0.75 crossings x 1000/s x 1000 B x 3600 s = 2.7 GB
      "to other regions": expect.closeTo(2.7 * 0.02, 3),
    });
  });

  it("grows with the rate of writes", () => {
    const traffic = (writesPerSecond: number) =>
      estimate(bills, { ...load, writesPerSecond }).find(({ item }) => item === "to other regions")?.hourly;
    expect(traffic(0)).toBeUndefined();
    expect(traffic(2000)).toBeCloseTo(2 * traffic(1000)!);
  });

  it("fails for an instance type without a price", () => {
    const unknown = [{ ...bills[0], instances: { "m1.small": 1 } }];
    expect(() => estimate(unknown, load)).toThrow(/no price for instances in eu-west-2 of the type m1.small/);
  });
});

describe("stretch price", () => {
  it("shows every region's things and their sum, with the date of the prices", async () => {
    const { code, out } = await stretch(["price", "even-split", "--writes", "1000"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^eu-west-2\|t3a.medium +\| +3\|instances\| +0.1275$/m);
    expect(out).toMatch(/^eu-west-3\|together/m);
    expect(out).toMatch(/1000 writes of 1024 bytes a second, from eu-west-2 and\s+eu-west-3/);
    expect(out).toContain(`of ${PRICE_DATE}`);
  });

  it.each([
    ["price", "even-split"],
    ["compare-designs", "even-split"],
  ])(
    "warns beside its figures where they are old, and not where they are recent: %s",
    async (command, scenario) => {
      const errAfter = async (days: number) => {
        jest.spyOn(Date, "now").mockReturnValue(Date.parse(PRICE_DATE) + days * 24 * 3600 * 1000);
        try {
          const { code, out, err } = await stretch([command, scenario, "--json"]);
          expect(code).toBe(0);
          expect(out).toContain(PRICE_DATE);
          return err;
        } finally {
          jest.restoreAllMocks();
        }
      };
      expect(await errAfter(30)).toBe("");
      expect(await errAfter(400)).toContain("400 days ago: prices may be others by now");
    },
  );

  it("has a price for every scenario", async () => {
    for (const { name } of scenarios) {
      const { code, out } = await stretch(["price", name]);
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(out).toContain("Traffic between regions: none");
    }
  });

  it("gives its lines as JSON", async () => {
    const { out } = await stretch(["price", "even-split", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      scenario: "even-split",
      currency: "USD",
      date: PRICE_DATE,
      lines: expect.arrayContaining([
        { region: "eu-west-2", item: "t3a.medium", quantity: 3, unit: "instances", hourly: 3 * 0.0425 },
      ]),
    });
  });

  it.each([
    ["no scenario", [], /missing required argument 'SCENARIO'/],
    ["a scenario that is none", ["bogus"], /no stack "bogus": expected one of even-split/],
    [
      "a rate that is none",
      ["even-split", "--writes", "many"],
      /'many' is invalid. Expected writes a second/,
    ],
    ["a negative size", ["even-split", "--record-size", "-1"], /'-1' is invalid. Expected whole bytes/],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, out, err } = await stretch(["price", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
