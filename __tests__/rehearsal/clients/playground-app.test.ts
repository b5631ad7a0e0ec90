import { spawn } from "node:child_process";
import { join } from "node:path";
import { Rehearsal } from "../../../rehearsal";
import { describeWith } from "../../support/requirements";
import { EVEN, LONDON, split } from "../support/clusters";

jest.setTimeout(60_000);

describeWith(["client for Node.js"], "the application of examples/playground-app", () => {
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
