const Aerospike = require("aerospike");
const { halves } = require("cdktf-stretch-cluster/model");
const { Rehearsal } = require("cdktf-stretch-cluster/rehearsal");
const { place, isThere } = require("./orders");

const rack = (id, region) => ["A", "B", "C"].map((letter) => ({ id: `${letter}${id}`, rack: id, region }));
const [london, paris] = [rack(32, "eu-west-2"), rack(33, "eu-west-3")];
const namespace = { name: "mydata", replicationFactor: 2, strongConsistency: true };
const split = halves(...[london, paris].map((side) => side.map(({ id }) => id)));
const log = { level: Aerospike.log.OFF };

let rehearsal;
const clients = [];
const clientIn = async (region) => {
  clients.push(await Aerospike.connect({ hosts: rehearsal.seeds[region], log }));
  return clients.at(-1);
};
beforeAll(async () => {
  rehearsal = await Rehearsal.start({ topology: { namespace, nodes: [...london, ...paris] } });
});
afterAll(async () => {
  for (const client of clients) client.close(false);
  Aerospike.releaseEventLoop();
  await rehearsal?.stop();
});

test("orders accepted in a split are there when it has healed, and refused ones are not", async () => {
  const client = await clientIn("eu-west-2");
  await rehearsal.setFault(split);
  await rehearsal.until(({ settled, subClusters }) => settled && subClusters.length === 2);
  const outcomes = new Map();
  for (let id = 0; id < 100; id++) outcomes.set(id, await place(client, id));
  expect([...outcomes.values()]).toEqual(expect.arrayContaining(["accepted", "refused"]));

  await rehearsal.heal();
  await rehearsal.until(({ settled, subClusters }) => settled && subClusters.length === 1);
  const reader = await clientIn("eu-west-3");
  for (const [id, outcome] of outcomes) {
    if (outcome !== "unknown") expect([id, await isThere(reader, id)]).toEqual([id, outcome === "accepted"]);
  }
}, 60_000);
