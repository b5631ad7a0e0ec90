/**
 * Figures of the lab: the checker's time and the peak of memory, history included, over a million operations.
 *
 *     node --import tsx bench/lab.ts
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const OPERATIONS = 1_000_000;
const GOAL = { ms: 10_000, mib: 512 };

for (const keys of [4096, 16]) {
  const program = join(__dirname, "programs", "check.ts");
  const args = ["--import", "tsx", program, `${keys}`, `${OPERATIONS}`];
  const { stdout, status } = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [ms, mib] = String(stdout).split(" ").map(Number);
  console.log(
    `checker, ${OPERATIONS} operations over ${keys} keys: ${(ms / 1000).toFixed(1)} s, goal ${GOAL.ms / 1000} s; peak of memory ${mib.toFixed(0)} MiB, history included, goal ${GOAL.mib} MiB`,
  );
  if (status !== 0 || ms > GOAL.ms || mib > GOAL.mib) process.exitCode = 1;
}
