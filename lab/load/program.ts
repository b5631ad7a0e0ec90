/**
 * A loader, a process of its own: `node program.js`. The first line of its standard input is its options, as JSON; then it takes the
 * lines `pause`, `resume`, `rate N` and `stop`, and ends with its standard input: with whoever started it. It says how it goes on
 * its standard output, a line of JSON each.
 */
import { createInterface } from "node:readline";
import { Loader } from "./loader";
import { type LoaderMessage, type LoaderOptions, PASSWORD } from "./options";

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const first = await lines.next();
  const options: LoaderOptions = {
    ...(JSON.parse(String(first.value)) as LoaderOptions),
    password: process.env[PASSWORD],
  };
  const say = (message: LoaderMessage) => void process.stdout.write(`${JSON.stringify(message)}\n`);
  // Whoever listened may be gone.
  process.stdout.on("error", () => {});
  const aerospike = (await import("aerospike")).default;
  const loader = new Loader(aerospike, options, say);
  void (async () => {
    for await (const line of lines) {
      const [command, rate] = line.split(" ");
      if (command === "stop") loader.stop();
      else if (command === "pause") loader.pause();
      else if (command === "resume") loader.resume();
      else if (command === "rate") loader.setRate(Number(rate));
    }
    loader.stop();
  })();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => loader.stop());
  await loader.run();
  aerospike.releaseEventLoop();
  process.exit(0);
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
