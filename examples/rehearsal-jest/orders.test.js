const Aerospike = require("aerospike");
const { halves, NO_FAULT } = require("cdktf-stretch-cluster/model");
const { Rehearsal } = require("cdktf-stretch-cluster/rehearsal");
const { place, isThere } = require("./orders");

const rack = (id, region) => ["A", "B", "C"].map((letter) => ({ id: `${letter}${id}`, rack: id, region }));
const [london, paris] = [rack(32, "eu-west-2"), rack(33, "eu-west-3")];
const namespace = { name: "mydata", replicationFactor: 2, strongConsistency: true };
const split = { ...NO_FAULT, cannotHear: halves(...[london, paris].map((side) => side.map(({ id }) => id))) };
const log = { level: Aerospike.log.OFF };

let rehearsal;
beforeAll(
  async () => (rehearsal = await Rehearsal.start({ topology: { namespace, nodes: [...london, ...paris] } })),
);
afterAll(() => rehearsal?.stop());

test("orders accepted in a split are there when it has healed, and refused ones are not", async () => {
  const client = await Aerospike.connect({ hosts: rehearsal.seeds["eu-west-2"], log });
  await rehearsal.setFault(split);
  await rehearsal.until(({ settled, subClusters }) => settled && subClusters.length === 2);
  const outcomes = new Map();
  for (let id = 0; id < 100; id++) outcomes.set(id, await place(client, id));
  expect([...outcomes.values()]).toEqual(expect.arrayContaining(["accepted", "refused"]));
  client.close(false);

  await rehearsal.heal();
  await rehearsal.until(({ settled, subClusters }) => settled && subClusters.length === 1);
  const reader = await Aerospike.connect({ hosts: rehearsal.seeds["eu-west-3"], log });
  for (const [id, outcome] of outcomes) {
    if (outcome !== "unknown") expect([id, await isThere(reader, id)]).toEqual([id, outcome === "accepted"]);
  }
  reader.close();
}, 60_000);
