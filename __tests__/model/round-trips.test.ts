import {
  AWS_ROUND_TRIPS,
  beyondLatencyMax,
  latencyMax,
  overRoundTrips,
  roundTrip,
} from "../../model/round-trips";

describe("round trips between regions", () => {
  it.each([
    ["us-east-1", "us-east-2", 15],
    ["us-east-1", "ap-northeast-1", 149],
    ["eu-west-2", "eu-west-3", 11],
    ["eu-west-3", "eu-west-2", 11],
    ["eu-west-1", "eu-central-1", 27],
    ["ap-southeast-2", "ap-northeast-1", 107],
    ["ap-southeast-1", "ap-northeast-1", 71],
  ])("%s to %s takes %d ms, in either direction", (a, b, milliseconds) => {
    expect(roundTrip(AWS_ROUND_TRIPS, a, b)).toBe(milliseconds);
    expect(roundTrip(AWS_ROUND_TRIPS, b, a)).toBe(milliseconds);
  });

  it("have a figure for each of the 66 pairs of 12 regions", () => {
    const regions = new Set(
      Object.entries(AWS_ROUND_TRIPS.between).flatMap(([a, row]) => [a, ...Object.keys(row)]),
    );
    const pairs = Object.values(AWS_ROUND_TRIPS.between).flatMap((row) => Object.keys(row));
    expect([regions.size, pairs.length]).toEqual([12, 66]);
  });

  it("do not know a region that the table lacks, but a region and itself", () => {
    expect(roundTrip(AWS_ROUND_TRIPS, "eu-west-2", "af-south-1")).toBeUndefined();
    expect(roundTrip(AWS_ROUND_TRIPS, "af-south-1", "af-south-1")).toBe(1);
    expect(roundTrip(AWS_ROUND_TRIPS, "eu-west-2", undefined)).toBeUndefined();
  });

  it("of one's own win, given in either direction, and the others stay", () => {
    const table = overRoundTrips({
      source: "measured",
      between: { "eu-west-3": { "eu-west-2": 8.5 }, here: { there: 40 } },
      within: 0.4,
    });
    expect(roundTrip(table, "eu-west-2", "eu-west-3")).toBe(8.5);
    expect(roundTrip(table, "there", "here")).toBe(40);
    expect(roundTrip(table, "eu-west-1", "eu-west-2")).toBe(14);
    expect(roundTrip(table, "here", "here")).toBe(0.4);
  });

  it.each([-1, NaN, 10_001])("fails for %d milliseconds", (milliseconds) => {
    expect(() => overRoundTrips({ source: "mine", between: { a: { b: milliseconds } } })).toThrow(
      /The round trip a - b is .*: expected milliseconds from 0 to 10000/,
    );
  });
});

describe("fabric.latency-max-ms", () => {
  it.each([
    [["eu-west-2", "eu-west-3"], 9],
    [["eu-west-1", "eu-central-1"], 21],
    [["us-east-1", "ap-southeast-1", "eu-west-2"], 165],
    [["eu-west-2", "eu-west-2"], 5],
    [[undefined], 5],
  ])("for %j is %d: 1.5 times half of the largest round trip, at least 5", (regions, milliseconds) => {
    expect(latencyMax(regions)).toEqual({ milliseconds, unknown: [] });
  });

  it("leaves out pairs that the table lacks, and names them", () => {
    expect(latencyMax(["eu-west-2", "af-south-1", "eu-west-3"])).toEqual({
      milliseconds: 9,
      unknown: [
        ["eu-west-2", "af-south-1"],
        ["af-south-1", "eu-west-3"],
      ],
    });
  });

  it("is at most the server's limit", () => {
    const far = overRoundTrips({ source: "a probe", between: { earth: { moon: 2600 } } });
    expect(latencyMax(["earth", "moon"], far).milliseconds).toBe(1000);
  });
});

describe("regions beyond latency-max-ms", () => {
  it("are those farther apart, one way, than it says; the farthest first", () => {
    const regions = ["eu-west-2", "eu-west-3", "us-east-1", "eu-west-2", undefined];
    expect(beyondLatencyMax(regions, 5)).toEqual([
      { regions: ["eu-west-3", "us-east-1"], oneWay: 42 },
      { regions: ["eu-west-2", "us-east-1"], oneWay: 39 },
      { regions: ["eu-west-2", "eu-west-3"], oneWay: 5.5 },
    ]);
    expect(beyondLatencyMax(regions, latencyMax(regions).milliseconds)).toEqual([]);
  });
});
