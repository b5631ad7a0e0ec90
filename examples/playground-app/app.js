// An application of your own, living through a split: node app.js SEED [WRITES-PER-SECOND]
const Aerospike = require("aerospike");

const [seed = "127.0.0.1:3000", perSecond = "5"] = process.argv.slice(2);

// What the codes of a split mean; the client has words for all others. Whether the write may have happened all the same, it says
// with the code: `inDoubt`.
const MEANING = {
  11: "partition unavailable",
  9: "timeout",
  14: "others write the same record",
  22: "forbidden: the servers' clocks differ, or the delete is not durable",
  "-6": "no connection to the node",
  "-7": "no more connections",
  "-8": "no node known for the partition",
  "-14": "the client's own circuit breaker: slow down",
};

function told({ code, inDoubt }) {
  const next = inDoubt ? "in doubt, read it again before you write it again" : "not written, try again later";
  return `${code} (${MEANING[code] ?? Aerospike.status.getMessage(code)}: ${next})`;
}

async function main() {
  const client = await Aerospike.connect({ hosts: seed, log: { level: Aerospike.log.OFF } });
  let outcomes = {};
  const count = (what) => (outcomes[what] = (outcomes[what] ?? 0) + 1);

  setInterval(
    () => {
      const key = new Aerospike.Key("mydata", "dummy", Math.floor(Math.random() * 4096));
      client.put(key, { at: Date.now() }).then(
        () => count("ok"),
        (error) => count(told(error)),
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

module.exports = { told };

if (require.main === module)
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
    Aerospike.releaseEventLoop();
  });
