// load.ts SEED FROM COUNT: puts records of the article's shape through the real client, 64 in flight; prints how many a second.
import Aerospike from "aerospike";

const IN_FLIGHT = 64;

/** A record as the article's application writes it. */
function bins(key: number) {
  return {
    freq: key % 1000,
    country_code: key % 252,
    logged_by: `user${key}`.padEnd(20, "x"),
    report: { machine: ["ThinkPad"], pixels: 4096, "colour-scheme": ["red", "blue"], date_mfg: "2024-08-14" },
  };
}

async function main(seed: string, from: number, count: number): Promise<void> {
  const client = await Aerospike.connect({ hosts: seed, log: { level: Aerospike.log.OFF } });
  const begin = performance.now();
  let next = from;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (next < from + count) {
        const key = next++;
        await client.put(new Aerospike.Key("mydata", "dummy", key), bins(key));
      }
    }),
  );
  console.log((count * 1000) / (performance.now() - begin));
  client.close();
}

const [seed, from, count] = process.argv.slice(2);
void main(seed, Number(from), Number(count));
