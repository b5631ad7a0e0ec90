import { timings } from "../../../modules/hosts/timings";

describe("the timings that follow from the heartbeat", () => {
  it("are 1.5 s to detect, 27 s of skew borne and 20 s to stop writes by default, as documented", () => {
    const { detectionMs, clockSkewMs, stopWritesSkewMs } = timings();
    expect(detectionMs).toBe(1500);
    expect(Math.floor(clockSkewMs / 1000)).toBe(27);
    expect(Math.floor(stopWritesSkewMs / 1000)).toBe(20);
  });

  it("grow with interval and timeout", () => {
    const slower = timings({ heartbeat: { intervalMs: 250, timeout: 20 } });
    expect(slower.detectionMs).toBe(5000);
    expect(slower.clockSkewMs).toBeGreaterThan(timings().clockSkewMs);
  });
});
