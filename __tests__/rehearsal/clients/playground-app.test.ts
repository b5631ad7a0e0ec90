import { spawn } from "node:child_process";
import { join } from "node:path";
import { Rehearsal } from "../../../rehearsal";
import { describeWith } from "../../support/requirements";
import { EVEN, LONDON, split } from "../support/clusters";

describeWith(["client for Node.js"], "the application of examples/playground-app", () => {
  test("has words for every code that a client or a server can give", () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an example is plain JavaScript
    const { told } = require("../../../examples/playground-app/app.js") as {
      told(error: { code: number; inDoubt: boolean }): string;
    };
    for (const code of [
      1,
      2,
      3,
      4,
      5,
      8,
      9,
      11,
      13,
      14,
      18,
      20,
      22,
      80,
      81,
      ...Array.from({ length: 20 }, (_, i) => -1 - i),
    ]) {
      expect(told({ code, inDoubt: false })).toMatch(
        new RegExp(`^${code} \\([^:(]{5,}.*: not written, try again later\\)$`),
      );
    }
    expect(told({ code: -6, inDoubt: true })).toBe(
      "-6 (no connection to the node: in doubt, read it again before you write it again)",
    );
    expect(told({ code: 12345, inDoubt: false })).toMatch(/^12345 \(/);
  });

  test("lives through a split", async () => {
    const rehearsal = await Rehearsal.start({ topology: EVEN });
    const app = spawn(
      process.execPath,
      [
        join(__dirname, "..", "..", "..", "examples", "playground-app", "app.js"),
        rehearsal.seeds[LONDON],
        "50",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      let lines: string[] = [];
      app.stdout.on("data", (chunk: Buffer) => lines.push(...chunk.toString().trimEnd().split("\n")));
      const says = async (what: string, holds: (line: string) => boolean) => {
        lines = [];
        for (const end = Date.now() + 20_000; !lines.some(holds);) {
          if (Date.now() > end)
            throw new Error(`The application did not say "${what}":\n${lines.join("\n")}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      const allOk = (line: string) => /^[\d:]+ \d+ x ok$/.test(line);
      await says("all ok", allOk);
      await rehearsal.setFault(split(EVEN));
      await says("11", (line) => line.includes("x ok") && line.includes("x 11 (partition unavailable"));
      await rehearsal.heal();
      await says("all ok", allOk);
    } finally {
      app.kill("SIGKILL");
      await rehearsal.stop();
    }
  });
});
