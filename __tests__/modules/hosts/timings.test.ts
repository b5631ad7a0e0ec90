import { timings } from "../../../modules/hosts/timings";

describe("the timings that follow from the heartbeat", () => {
  it("are 1.5 s to detect, and the careful figures of the documents for clocks that differ, with the server's defaults", () => {
    expect(timings({ heartbeat: "article" })).toEqual({
      detectionMs: 1500,
      clockSkew: { warn: 12, stopWrites: 17, loss: 23 },
    });
  });

  it("are 3 s to detect with the heartbeats for clouds, the default", () => {
    expect(timings().detectionMs).toBe(3000);
  });

  it("reckon with a latency above the heartbeats' own quantum", () => {
    expect(timings({ latencyMaxMs: 1000 }).clockSkew.loss).toBe(Math.round((23 * 8000) / 1810));
  });

  it("grow with interval and timeout", () => {
    const slower = timings({ heartbeat: { intervalMs: 250, timeout: 20 } });
    expect(slower.detectionMs).toBe(5000);
    expect(slower.clockSkew.stopWrites).toBeGreaterThan(timings().clockSkew.stopWrites);
  });
});
