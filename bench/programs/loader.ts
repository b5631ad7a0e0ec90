// loader.ts HOSTS FOLDER PAIRS COUNT: the article workload of the loader, 64 in flight and as fast as it goes, in turn with its
// ledger and without. Prints a line a pair: puts a second with it, and without.
import { join } from "node:path";
import Aerospike from "aerospike";
import { Ledger } from "../../lab/load/ledger";
import { Loader } from "../../lab/load/loader";

const [hosts, folder, pairs, count] = process.argv.slice(2);
const { attempt, answered } = Ledger.prototype;
let seed = 0;

/** Puts a second. */
async function rate(ledger: boolean, puts: number): Promise<number> {
  let serial = 0;
  // All the rest stays as it is.
  Ledger.prototype.attempt = ledger ? attempt : () => Promise.resolve(serial++);
  Ledger.prototype.answered = ledger ? answered : () => {};
  const client = `eu-west-2/${++seed}`;
  let [begun, took] = [0, NaN];
  const loader = new Loader(
    Aerospike,
    {
      ...{ hosts, client, seed, namespace: "mydata", strongConsistency: true, place: "eu-west-2" },
      ...{ workload: "article", rate: 1e9, inFlight: 64, count: puts },
      ledger: join(folder, `${seed}.jsonl`),
    },
    (message) => {
      if (message.event === "ready") begun = performance.now();
      if (message.event === "progress" && message.counts.ok === puts) took = performance.now() - begun;
    },
  );
  await loader.run();
  return (puts * 1000) / took;
}

async function main(): Promise<void> {
  // Both processes' code is warm when it is measured.
  await rate(false, 10_000);
  await rate(true, 10_000);
  for (let i = 0; i < Number(pairs); i++) {
    // Each is first in turn: what one leaves behind meets the other too.
    const on = i % 2 === 0 ? await rate(true, Number(count)) : NaN;
    const off = await rate(false, Number(count));
    console.log(i % 2 === 0 ? on : await rate(true, Number(count)), off);
  }
  process.exit(0);
}

void main();
