import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import type { PresetSource } from "../../pages/explorer/presets";
import { UsageError } from "../errors";
import type { Experiment } from "../experiment/experiment";
import { loadTopologyFile } from "../experiment/topology-file";
import { loadExperiment, type Source } from "../experiment/load";
import { experimentOf } from "../scenario/experiment";
import { loadStacks } from "../scenario/stack";
import { makeFolder } from "../../lab/folder";
import { sidesOf } from "../../lab/run/sides";
import { appOutputOption, clusterOption, scenarioArgument, topologyOption } from "./options";
import type { Output } from "./output";
import { serveOnLoopback } from "./serve";

interface Options extends Source {
  out?: string;
  open?: true;
}

/** `stretch explore`: a page to play with. */
export function exploreCommand(output: Output): Command {
  return new Command("explore")
    .summary("a page to play with: build a cluster, cut its links, stop its nodes, and see who serves what")
    .description(
      "Writes one page that needs no network and no server: the model is inside. It begins with the scenario or stack, or with the " +
        "topology file; the app's others are presets. --open serves it on this machine alone and opens it in a browser.",
    )
    .addArgument(scenarioArgument())
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .option("--out <FILE>", "the page's file (default: out/explorer.html)")
    .option("--open", "serve it on loopback until Ctrl-C, and open it")
    .action(async (scenario: string | undefined, { out, open, ...source }: Options) => {
      if (open && out !== undefined) {
        throw new UsageError(`Both --open and --out ${out} were given: expected one of them.`);
      }
      const first = await loadExperiment(scenario, source);
      const stacks = await loadStacks(source.appOutput);
      const others = stacks.flatMap((stack) =>
        stack.metadata.clusters.map(({ id }) => experimentOf(stack, id)),
      );
      const article = articleFiles().map((file) => ({
        ...loadTopologyFile(file),
        name: `the article's ${basename(file, ".yaml").replace("-", " ")}`,
      }));
      const summaries = new Map<string, string | undefined>(
        stacks.map(({ name, metadata }) => [name, metadata.summary]),
      );
      const all = [first, ...others.filter(({ name }) => name !== first.name), ...article];
      const { presetOf } = await import("../../pages/explorer/presets");
      const { explorerPage } = await import("../../pages/explorer/page");
      const html = explorerPage({
        presets: all.map((experiment) => presetOf(sourceOf(experiment, summaries.get(experiment.name)))),
      });
      if (open) return serveOnLoopback(html, output);
      const path = out ?? "out/explorer.html";
      try {
        makeFolder(dirname(path));
        writeFileSync(path, html);
      } catch (error) {
        throw new UsageError(
          `The page cannot be written to ${path}: ${(error as Error).message}. Name another file with --out.`,
        );
      }
      output.print(`The explorer: ${path}. Open it in a browser: file://${resolve(path)}`);
    });
}

/** The article's two days, beside the sources and in the package. */
function articleFiles(): string[] {
  const folder = ["../..", "../../.."]
    .map((up) => join(__dirname, up, "examples", "article"))
    .find((path) => existsSync(path));
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name));
}

function sourceOf(
  { name, topology, faults, story, sideOf }: Experiment,
  summary: string | undefined,
): PresetSource {
  return {
    ...{ name, topology, faults, sides: Object.fromEntries(sidesOf(topology, sideOf)) },
    ...(summary !== undefined && { summary }),
    ...(story && { story }),
  };
}
