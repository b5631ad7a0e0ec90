import { stretch } from "../support";

describe("stretch fault --heal-after", () => {
  it("prints the command that makes a deployed fault end by itself", async () => {
    const before = Date.now();
    const { code, out } = await stretch(["fault", "split", "odd-split", "--heal-after", "30m"]);
    expect(code).toBe(0);
    const [, time] = /^npx cdktf deploy odd-split --var fault=split --var heal_at=(\S+Z)$/.exec(out)!;
    const lasts = Date.parse(time) - before;
    expect(lasts).toBeGreaterThan(29 * 60_000);
    expect(lasts).toBeLessThanOrEqual(31 * 60_000);
  });

  it("fails for a fault that the scenario has not, naming those that it has", async () => {
    const { code, err } = await stretch(["fault", "rack-down", "odd-split", "--heal-after", "30m"]);
    expect(code).toBe(2);
    expect(err).toContain('odd-split has no fault "rack-down": expected one of none, split');
  });

  it("fails for a fault that Terraform alone can end, with the reason, and for none", async () => {
    const oneWay = await stretch(["fault", "one-way", "--heal-after", "30m"]);
    expect(oneWay.code).toBe(2);
    expect(oneWay.err).toContain(
      '"one-way" of even-split cannot end by itself: its ingress rules must be made again',
    );
    const none = await stretch(["fault", "none", "--heal-after", "30m"]);
    expect(none.code).toBe(2);
    expect(none.err).toContain('The fault "none" breaks nothing');
  });

  it("fails for a duration that is none", async () => {
    const { code, err } = await stretch(["fault", "split", "--heal-after", "soon"]);
    expect(code).toBe(2);
    expect(err).toContain("expected 5m to 12h");
  });

  it("fails for slow links, which a deployed scenario has not", async () => {
    const { code, err } = await stretch([
      "fault",
      "split",
      "--delay",
      "London-Paris=5",
      "--heal-after",
      "30m",
    ]);
    expect(code).toBe(2);
    expect(err).toContain("--heal-after is for the faults of a deployed scenario");
  });

  it("fails for a scenario without --heal-after", async () => {
    const { code, err } = await stretch(["fault", "split", "odd-split"]);
    expect(code).toBe(2);
    expect(err).toContain("without --heal-after");
  });
});
