/**
 * The observer, a process of its own: `node program.js`. The first line of its standard input is its options, as JSON; then it takes
 * the lines `fast`, `slow` and `stop`, and ends with its standard input. It asks each node from its own side, one request at a time,
 * and writes what it says, or that it says nothing, to a file; each sample also goes to its standard output.
 */
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { monotonic } from "../load/clock";
import { PASSWORD } from "../load/options";
import { ClientAsk } from "./client-ask";
import { lookCommands, nodeState } from "./node-state";
import type { ObserverOptions } from "./observer-process";
import type { Sample } from "./samples";

/** Milliseconds between two looks: around a fault, and else. */
const INTERVALS = { fast: 100, slow: 1000 } as const;

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const first = await lines.next();
  const { nodes, namespace, path, user, tls } = JSON.parse(String(first.value)) as ObserverOptions;
  const aerospike = (await import("aerospike")).default;
  const hosts = nodes.map(({ address }) => address).join(",");
  const asking = await ClientAsk.connect(aerospike, hosts, { user, password: process.env[PASSWORD], tls });
  const commands = lookCommands(namespace);
  let interval: number = INTERVALS.slow;
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const go of waiting) go();
    waiting.clear();
  };
  void (async () => {
    for await (const line of lines) {
      if (line === "stop") ended = true;
      else interval = INTERVALS[line as keyof typeof INTERVALS] ?? interval;
      wake();
    }
    ended = true;
    wake();
  })();
  process.stdout.on("error", () => {});
  process.stdout.write('{"event":"ready"}\n');

  // One request a node at a time: a node that is slow or silent holds up nobody else.
  await Promise.all(
    nodes.map(async ({ id, address }) => {
      while (!ended) {
        const begun = performance.now();
        const answers = await asking.ask(address, commands);
        const common = { at: monotonic(), node: id, took: performance.now() - begun };
        let sample: Sample;
        try {
          sample = answers
            ? { ...common, state: nodeState(namespace, answers) }
            : { ...common, gap: "no answer" };
        } catch (error) {
          sample = { ...common, gap: (error as Error).message };
        }
        const line = `${JSON.stringify(sample)}\n`;
        if (path !== undefined) appendFileSync(path, line);
        process.stdout.write(line);
        const rest = interval - (performance.now() - begun);
        if (rest > 0 && !ended) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(go, rest);
            function go() {
              clearTimeout(timer);
              waiting.delete(go);
              resolve();
            }
            waiting.add(go);
          });
        }
      }
    }),
  );
  asking.close();
  aerospike.releaseEventLoop();
  process.exit(0);
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
