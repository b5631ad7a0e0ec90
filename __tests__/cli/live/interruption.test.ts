import { Interruption } from "../../../cli/live/interruption";

describe("an interruption", () => {
  let interruption: Interruption;

  beforeEach(() => {
    interruption = new Interruption();
  });
  afterEach(() => interruption.close());

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s is told, with the exit code %d", (signal, code) => {
    const told: string[] = [];
    interruption.onSignal((reason) => told.push(reason));
    process.emit(signal);
    expect(told).toEqual([`Interrupted by ${signal}.`]);
    expect(interruption.exitCode).toBe(code);
    expect(() => interruption.assertNone()).toThrow(`Interrupted by ${signal}. Nothing was broken.`);
  });

  it("is the first signal: what it began is not ended by another", () => {
    const told: string[] = [];
    interruption.onSignal((reason) => told.push(reason));
    process.emit("SIGINT");
    process.emit("SIGINT");
    process.emit("SIGTERM");
    expect(told).toEqual(["Interrupted by SIGINT."]);
    expect(interruption.exitCode).toBe(130);
  });

  it("that came before anybody asked is told at once", () => {
    process.emit("SIGTERM");
    const told: string[] = [];
    interruption.onSignal((reason) => told.push(reason));
    expect(told).toEqual(["Interrupted by SIGTERM."]);
  });
});
