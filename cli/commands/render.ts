import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Argument, Command } from "commander";
import { UsageError } from "../errors";
import { loadHosts, type RenderedHost } from "../scenario/hosts";
import type { Output } from "./output";

interface Options {
  node?: string;
  out: string;
}

/** `stretch render`: what lands on each host, as files. */
export function renderCommand(output: Output): Command {
  return new Command("render")
    .summary("what lands on each host of a scenario, as files to read")
    .description(
      "Writes what the stack of a scenario puts on its hosts, text by text: DIR/HOST/aerospike.conf and DIR/HOST/user-data, " +
        "and below DIR/HOST every file at its path on the host. HOST is a node's id or a client host's name.",
    )
    .addArgument(new Argument("<SCENARIO>", "name of a scenario"))
    .option("--node <ID>", "this host only")
    .requiredOption("--out <DIR>", "folder to write to; made where it is not there, files in it overwritten")
    .action(async (scenario: string, { node, out }: Options) => {
      for (const host of chosen(await loadHosts(scenario), node)) {
        const dir = join(out, host.name);
        write(dir, "user-data", host.userData);
        for (const { path, mode, content } of host.files) {
          write(dir, path, content, mode);
          if (path === "/etc/stretch/aerospike.conf") write(dir, "aerospike.conf", content);
        }
        output.print(
          `${dir}: ${host.files.length} files, user-data of ${Buffer.byteLength(host.userData)} bytes`,
        );
      }
    });
}

function chosen(hosts: readonly RenderedHost[], node?: string): readonly RenderedHost[] {
  if (node === undefined) return hosts;
  const found = hosts.filter(({ name }) => name.toLowerCase() === node.toLowerCase());
  if (found.length > 0) return found;
  throw new UsageError(
    `There is no host "${node}": expected one of ${hosts.map(({ name }) => name).join(", ")}.`,
  );
}

function write(dir: string, path: string, content: string, mode = "0644"): void {
  const file = join(dir, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: parseInt(mode, 8) });
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}
