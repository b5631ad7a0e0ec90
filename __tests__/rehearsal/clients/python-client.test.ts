import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeWith, PYTHON } from "../../support/requirements";
import { EVEN, LONDON } from "../support/clusters";
import { Rehearsal } from "../../../rehearsal";

jest.setTimeout(90_000);

describeWith(["client for Python"], "the real client for Python", () => {
  let rehearsal: Rehearsal;
  let steps: Record<string, { ok: boolean; value?: unknown; code?: number }>;

  beforeAll(async () => {
    rehearsal = await Rehearsal.start({ topology: EVEN });
    const { stdout } = await promisify(execFile)(
      PYTHON,
      [join(__dirname, "python-client.py"), rehearsal.seeds[LONDON]],
      { timeout: 60_000 },
    );
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { step: string; ok: boolean });
    steps = Object.fromEntries(lines.map(({ step, ...outcome }) => [step, outcome]));
  });
  afterAll(() => rehearsal.stop());

  test.each([
    ["put", 0],
    [
      "get",
      {
        freq: 98,
        country_code: "GB",
        logged_by: "London",
        report: { "colour-scheme": "rgb", date_mfg: "2024-08-14", machine: "m1", pixels: [1, 2, 3] },
      },
    ],
    ["exists", 1],
    ["exists: missing", null],
    ["put: key sent", 0],
    ["put: float, bool, bytes", 0],
    ["get: float, bool, bytes", { f: 1.5, b: true, y: [1, 2] }],
    ["increment", 0],
    ["append", 0],
    ["touch", 0],
    ["remove_bin", 0],
    ["select", { freq: 101 }],
    ["batch_read", [0, 0, 2]],
    ["query results", 3],
    ["scan results", [0, 0, 503]],
    ["info_all", 6],
    ["remove", 0],
  ])("%s", (step, value) => {
    expect(steps[step]).toEqual({ ok: true, value });
  });

  test.each([
    ["remove, not durable", 22],
    ["remove: missing", 2],
  ])("fails: %s, with %d", (step, code) => {
    expect(steps[step]).toEqual({ ok: false, code });
  });
});
