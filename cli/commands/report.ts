import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { UsageError } from "../errors";
import type { Output } from "./output";

/** `stretch report`: the page of a run, made again of its files. */
export function reportCommand(output: Output): Command {
  return new Command("report")
    .summary("makes the page of a run again, from the files in its folder")
    .description(
      "Writes report.html into the folder of a run: one file, to be read without a network or a script.",
    )
    .argument("<RUN>", "a run's folder")
    .action(async (folder: string) => {
      for (const name of ["summary.json", "experiment.json", "samples.jsonl"]) {
        if (!existsSync(join(folder, name))) {
          throw new UsageError(
            `${folder} holds no ${name}: expected the folder of a run that came to its end, as stretch run names it (out/...).`,
          );
        }
      }
      const { writeReportPage } = await import("../../pages/report/write");
      output.print(`The report: ${writeReportPage(folder)}`);
    });
}
