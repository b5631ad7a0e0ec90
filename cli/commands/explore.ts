import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import type { PresetSource } from "../../pages/explorer/presets";
import { UsageError } from "../errors";
import type { Experiment } from "../experiment/experiment";
import { loadExperiment } from "../experiment/load";
import { scenarios } from "../../scenarios";
import { sidesOf } from "../../lab/run/sides";
import { scenarioArgument, topologyOption } from "./options";
import type { Output } from "./output";
import { serveOnLoopback } from "./serve";

interface Options {
  topology?: string;
  out?: string;
  open?: true;
}

/** `stretch explore`: a page to play with. */
export function exploreCommand(output: Output): Command {
  return new Command("explore")
    .summary("a page to play with: build a cluster, cut its links, stop its nodes, and see who serves what")
    .description(
      "Writes one page that needs no network and no server: the model is inside. It begins with the scenario, or with the " +
        "topology file; the others are presets. --open serves it on this machine alone and opens it in a browser.",
    )
    .addArgument(scenarioArgument())
    .addOption(topologyOption())
    .option("--out <FILE>", "the page's file (default: out/explorer.html)")
    .option("--open", "serve it on loopback until Ctrl-C, and open it")
    .action(async (scenario: string | undefined, { topology, out, open }: Options) => {
      if (open && out !== undefined) {
        throw new UsageError(`Both --open and --out ${out} were given: expected one of them.`);
      }
      const first = await loadExperiment(scenario, topology);
      const others: PresetSource[] = [];
      for (const { name, summary } of scenarios) {
        if (name !== first.name) others.push({ ...sourceOf(await loadExperiment(name)), summary });
      }
      const { presetOf } = await import("../../pages/explorer/presets");
      const { explorerPage } = await import("../../pages/explorer/page");
      const { summary } = scenarios.find(({ name }) => name === first.name) ?? {};
      const presets = [{ ...sourceOf(first), ...(summary !== undefined && { summary }) }, ...others];
      const html = explorerPage({ presets: presets.map(presetOf) });
      if (open) return serveOnLoopback(html, output);
      const path = out ?? "out/explorer.html";
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, html);
      } catch (error) {
        throw new UsageError(
          `The page cannot be written to ${path}: ${(error as Error).message}. Name another file with --out.`,
        );
      }
      output.print(`The explorer: ${path}. Open it in a browser: file://${resolve(path)}`);
    });
}

function sourceOf({ name, topology, faults, story, sideOf }: Experiment): PresetSource {
  return {
    ...{ name, topology, faults, sides: Object.fromEntries(sidesOf(topology, sideOf)) },
    ...(story && { story }),
  };
}
