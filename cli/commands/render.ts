import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { makeFolder } from "../../lab/folder";
import { UsageError } from "../errors";
import { AEROSPIKE_CONF, chosen, hostsOf, type RenderedHost } from "../scenario/hosts";
import { loadStack } from "../scenario/stack";
import { appOutputOption, neededScenarioArgument } from "./options";
import type { Output } from "./output";

interface Options {
  appOutput?: string;
  node?: string;
  out?: string;
}

/** `stretch render`: what lands on each host, as files. */
export function renderCommand(output: Output): Command {
  return new Command("render")
    .summary("what lands on each host of a stack, as files to read")
    .description(
      "Writes what a stack puts on its hosts, text by text: DIR/HOST/aerospike.conf and DIR/HOST/user-data, " +
        "and below DIR/HOST every file at its path on the host. HOST is a node's id or a client host's name. With --node and " +
        "without --out it prints that host's files.",
    )
    .addArgument(neededScenarioArgument())
    .addOption(appOutputOption())
    .option("--node <ID>", "this host only")
    .option("--out <DIR>", "folder to write to; made where it is not there, files in it overwritten")
    .action(async (scenario: string, { appOutput, node, out }: Options) => {
      if (node === undefined && out === undefined) {
        throw new UsageError(
          "Where to was not said: expected --out DIR, a folder for the files of all hosts, or --node ID, a host whose files to print.",
        );
      }
      for (const host of chosen(hostsOf(await loadStack(scenario, appOutput)), node)) {
        if (out === undefined) {
          output.print(hostText(host));
          continue;
        }
        const dir = join(out, host.name);
        write(dir, "user-data", host.userData);
        for (const { path, mode, content } of host.files) {
          write(dir, path, content, mode);
          if (path === AEROSPIKE_CONF) write(dir, "aerospike.conf", content);
        }
        output.print(
          `${dir}: ${host.files.length} files, user-data of ${Buffer.byteLength(host.userData)} bytes`,
        );
      }
    });
}

/** The files of a host one after the other, as head(1) shows several. */
function hostText({ files, userData }: RenderedHost): string {
  return [...files, { path: "user-data", content: userData }]
    .map(({ path, content }) => `==> ${path} <==\n${content}`)
    .join("\n");
}

function write(dir: string, path: string, content: string, mode = "0644"): void {
  const file = join(dir, path);
  makeFolder(dirname(file));
  try {
    writeFileSync(file, content, { mode: parseInt(mode, 8) });
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}
