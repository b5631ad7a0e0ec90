import { clockSkewLimits } from "../../model";

describe("how far clocks may differ", () => {
  it("is by the careful figures of the documents with the server's default heartbeats", () => {
    expect(clockSkewLimits()).toEqual({ warn: 12, stopWrites: 17, loss: 23 });
  });

  it("reckons with a latency above the heartbeats' own quantum", () => {
    expect(clockSkewLimits({ latencyMaxMs: 1000 }).loss).toBeGreaterThan(clockSkewLimits().loss * 4);
  });

  it("grows with interval and timeout", () => {
    expect(clockSkewLimits({ interval: 250, timeout: 20 }).stopWrites).toBeGreaterThan(17);
  });
});
