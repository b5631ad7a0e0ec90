/**
 * Figures of a run on a deployed stack: even-split whole by `stretch run --live` on the twin of AWS, its time, and how often the
 * operator's machine asked AWS, by kind.
 *
 *     node --import tsx bench/live.ts
 */
import Table from "cli-table3";
import { DeployedStack } from "../__tests__/e2e/support/twin/deployed-stack";

const GOAL = { minutes: 6, commands: 10 };

async function main(): Promise<void> {
  // Notices of the SDK about future versions of Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const deployed = await DeployedStack.start("even-split");
  try {
    const before = deployed.calls().length;
    const from = Date.now();
    const { code, text } = await deployed.run("even-split", "--truncate");
    const minutes = (Date.now() - from) / 60_000;
    const calls = deployed.calls().slice(before);
    const counts = new Map<string, number>();
    for (const { by, service, action } of calls) {
      // What is called by path: its method.
      const key = [by, service, action.split(" ")[0]].join("\n");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const table = new Table({ head: ["by", "service", "action", "calls"], style: { head: [], border: [] } });
    for (const [key, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      table.push([...key.split("\n"), count]);
    }
    console.log(table.toString());
    const sent = new Map<string, number>();
    for (const { action, region } of calls) {
      if (action === "SendCommand") sent.set(region, (sent.get(region) ?? 0) + 1);
    }
    const most = Math.max(...sent.values());
    const reached = code === 0 && minutes <= GOAL.minutes && most <= GOAL.commands;
    console.log(
      `even-split: exit code ${code}, ${minutes.toFixed(1)} min, goal ${GOAL.minutes}; ${calls.length} calls; ` +
        `Run Commands a region at most ${most}, goal ${GOAL.commands}${reached ? "" : ": MISSED"}`,
    );
    if (!reached) {
      console.log(text);
      process.exitCode = 1;
    }
  } finally {
    await deployed.stop();
  }
}

void main();
