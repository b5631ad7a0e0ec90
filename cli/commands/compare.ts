import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import type { Summary } from "../../lab/run/summary";
import { UsageError } from "../errors";
import { type Cell, table } from "../report/table";
import type { Terminal } from "../report/terminal";
import type { Output } from "./output";

/** `stretch compare`: runs side by side. */
export function compareCommand(output: Output): Command {
  return new Command("compare")
    .summary("puts the outcomes of several runs side by side")
    .argument("<RUN...>", "folders of runs, two or more")
    .action((runs: string[]) => {
      if (runs.length < 2) {
        throw new UsageError(`One run was given (${runs[0]}): expected two or more to compare.`);
      }
      output.print(compared(runs.map(summaryIn), output));
    });
}

function compared(summaries: readonly Summary[], terminal: Terminal): string {
  const rows: [string, (summary: Summary) => Cell][] = [
    ["experiment", ({ experiment }) => experiment],
    ["verdict", ({ verdict }) => verdict],
    ["seed", ({ seed }) => String(seed)],
    ["seconds", ({ seconds }) => seconds.toFixed(1)],
    ["writes lost", ({ check }) => String(check.rpo.writes)],
    ["differences", ({ differences }) => String(differences.length)],
  ];
  const regions = [...new Set(summaries.flatMap(({ recovery }) => Object.keys(recovery)))];
  for (const region of regions) {
    for (const kind of ["write", "read"] as const) {
      for (const name of ["firstFailure", "detected", "serving", "migrated", "full"] as const) {
        rows.push([
          `${region} ${kind} ${name}, s`,
          ({ recovery }) => {
            const ms = recovery[region]?.[kind][name] ?? null;
            return ms === null ? "-" : (ms / 1000).toFixed(1);
          },
        ]);
      }
    }
  }
  const objectives = [...new Set(summaries.flatMap((summary) => summary.objectives.map(({ name }) => name)))];
  for (const name of objectives) {
    rows.push([
      name,
      (summary) => {
        const objective = summary.objectives.find((one) => one.name === name);
        return objective ? `${objective.observed} (${objective.met})` : "-";
      },
    ]);
  }
  const shown = rows
    .map(([name, of]) => [name, ...summaries.map(of)])
    .filter((row) => row.slice(1).some((cell) => cell !== "-"));
  return table("Runs", ["", ...summaries.map((_, i) => String(i + 1))], shown, terminal);
}

/** What is read of a summary. */
const summary = z.looseObject({
  schema: z.literal(1),
  experiment: z.string(),
  verdict: z.string(),
  seed: z.number(),
  seconds: z.number(),
  check: z.looseObject({ rpo: z.looseObject({ writes: z.number() }) }),
  differences: z.array(z.string()),
  recovery: z.record(z.string(), z.looseObject({ write: z.looseObject({}), read: z.looseObject({}) })),
  objectives: z.array(z.looseObject({ name: z.string(), met: z.string() })),
});

/** @throws UsageError where the folder is no run's. */
function summaryIn(folder: string): Summary {
  const path = join(folder, "summary.json");
  if (!existsSync(path)) {
    throw new UsageError(
      `${folder} is no run's folder: expected summary.json in it, as stretch run writes it.`,
    );
  }
  try {
    return summary.parse(JSON.parse(readFileSync(path, "utf8"))) as unknown as Summary;
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? `${error.issues[0].path.join(".") || "it"} is not as expected`
        : String(error);
    throw new UsageError(
      `${path} is no summary of a run (${why}): expected it as this version's stretch run writes it.`,
    );
  }
}
