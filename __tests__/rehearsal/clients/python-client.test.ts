import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { EVEN, LONDON } from "../support/clusters";
import { Rehearsal } from "../../../rehearsal";

/** A Python that has the `aerospike` client: $PYTHON or python3. */
const PYTHON = process.env.PYTHON ?? "python3";

function hasClient(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import aerospike"], { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

const available = hasClient();
jest.setTimeout(90_000);

test("the Python client is there in CI", () => {
  // Elsewhere its tests are skipped: `pip install aerospike`, and PYTHON=... where that is not python3.
  if (process.env.CI === "true")
    expect({ python: PYTHON, available }).toEqual({ python: PYTHON, available: true });
});

(available ? describe : describe.skip)(
  `the real client for Python${available ? "" : ` (skipped: ${PYTHON} has no module aerospike)`}`,
  () => {
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
  },
);
