import { setTimeout as rest } from "node:timers/promises";
import { NONE } from "../../model";
import type { PlaygroundStatus } from "../../rehearsal/playground/control-socket";
import { stretchCommand } from "../../modules/stack/own-command";
import { VerdictError } from "../errors";
import { wrapped } from "../report/text";
import type { Output } from "./output";
import { ask } from "./playground-options";
import { statusText } from "./playground-text";

/** Milliseconds in which a heal has to show. */
const LIMIT = 60_000;

/**
 * Makes the playground whole: ends its fault, makes its links fast again, starts and resumes its nodes. Says what a run
 * that was killed had changed.
 *
 * @throws UsageError where none runs on the port, or a run that lives drives it; VerdictError where it does not become whole.
 */
export async function healPlayground(output: Output, port: number): Promise<void> {
  const before = await ask(port, { command: "status" });
  const broken = brokenIn(before);
  const { run } = before;
  let status = await ask(port, { command: "heal" });
  if (run) {
    const { pid, since, changes } = run;
    output.print(`A run was killed (process ${pid}, since ${since}). It had changed:`);
    output.print(changes.length === 0 ? "  nothing" : changes.map((change) => `  ${change}`).join("\n"));
  }
  output.print(
    broken.length === 0
      ? "Nothing was broken."
      : `Healed: ${broken.join(", ")}. Waiting for migrations to end.`,
  );
  for (const end = Date.now() + LIMIT; !isWhole(status); status = await ask(port, { command: "status" })) {
    if (Date.now() > end) {
      output.print(statusText(status, port, output));
      throw new VerdictError(`The playground is not whole ${LIMIT / 1000} s after the heal.`);
    }
    await rest(100);
  }
  output.print(statusText(status, port, output));
  if (run?.changes.some((change) => change.includes("roster-set:"))) {
    output.print(
      wrapped(
        `The roster is as the run left it: ${stretchCommand("recover")} says whether a rack is to come back.`,
        output.columns,
      ),
    );
  }
}

function brokenIn({ fault, links, cluster }: PlaygroundStatus): string[] {
  return [
    ...(fault === NONE ? [] : [`fault ${fault} ended`]),
    ...links.map(({ link }) => `${link} fast again`),
    ...cluster.nodes.flatMap(({ id, up, paused }) =>
      up && !paused ? [] : [`${id} ${up ? "resumed" : "started"}`],
    ),
  ];
}

function isWhole({ cluster: { settled, subClusters, nodes } }: PlaygroundStatus): boolean {
  return (
    settled &&
    subClusters.length === 1 &&
    subClusters[0].members.length === nodes.length &&
    nodes.every(({ migratesTx, migratesRx }) => migratesTx + migratesRx === 0)
  );
}
