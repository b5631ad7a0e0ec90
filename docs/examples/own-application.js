/* global console, process, setInterval */
// An application of your own, living through a split: node docs/examples/own-application.js 127.0.0.1:3000
const Aerospike = require("aerospike");

const [seed = "127.0.0.1:3000", perSecond = "5"] = process.argv.slice(2);

// What a code means, and so what an application does with the write that got it.
const MEANING = {
  11: "partition unavailable: not written, try again later or elsewhere",
  "-8": "no node known for the partition: not written, try again later or elsewhere",
  9: "timeout, in doubt: read it again before you write it again",
  "-14": "the client's own circuit breaker: slow down",
};

async function main() {
  const client = await Aerospike.connect({ hosts: seed, log: { level: Aerospike.log.OFF } });
  let outcomes = {};
  const count = (what) => (outcomes[what] = (outcomes[what] ?? 0) + 1);

  setInterval(
    () => {
      const key = new Aerospike.Key("mydata", "dummy", Math.floor(Math.random() * 4096));
      client.put(key, { at: Date.now() }).then(
        () => count("ok"),
        ({ code }) => count(`${code} (${MEANING[code] ?? "see Aerospike.status"})`),
      );
    },
    1000 / Number(perSecond),
  );

  setInterval(() => {
    const text = Object.entries(outcomes).map(([what, times]) => `${times} x ${what}`);
    console.log(new Date().toISOString().slice(11, 19), text.join(", ") || "nothing answered");
    outcomes = {};
  }, 1000);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
  Aerospike.releaseEventLoop();
});
