import { timings } from "../../../modules/hosts/timings";

describe("the timings that follow from the heartbeat", () => {
  it("are 1.5 s to detect, 27 s of skew borne and 20 s to stop writes with the server's defaults, as documented", () => {
    const { detectionMs, clockSkewMs, stopWritesSkewMs } = timings({ heartbeat: "article" });
    expect(detectionMs).toBe(1500);
    expect(Math.floor(clockSkewMs / 1000)).toBe(27);
    expect(Math.floor(stopWritesSkewMs / 1000)).toBe(20);
  });

  it("are 3 s to detect with the heartbeats for clouds, the default", () => {
    expect(timings().detectionMs).toBe(3000);
  });

  it("reckon with a latency above the heartbeats' own quantum", () => {
    expect(timings({ latencyMaxMs: 1000 }).clockSkewMs).toBe(15 * 8 * 1000);
  });

  it("grow with interval and timeout", () => {
    const slower = timings({ heartbeat: { intervalMs: 250, timeout: 20 } });
    expect(slower.detectionMs).toBe(5000);
    expect(slower.clockSkewMs).toBeGreaterThan(timings().clockSkewMs);
  });
});
