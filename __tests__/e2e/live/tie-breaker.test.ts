/** @jest-environment ./__tests__/support/real-client-environment.js */
import { App } from "cdktf";
import { TieBreaker } from "../../../scenarios";
import { codeOf, connect, endAll, eventually, key, NO_BREAKER } from "../../rehearsal/support/real-client";
import { describeWith } from "../../support/requirements";
import { Cdktf } from "../support/cdktf";
import { Terraform } from "../support/terraform";
import { Operator } from "../support/twin/operator";
import { Twin } from "../support/twin/twin";

const [LONDON, PARIS, IRELAND] = ["eu-west-2", "eu-west-3", "eu-west-1"];

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "tie-breaker on the twin of AWS, by terraform alone on plain HCL",
  () => {
    let twin: Twin;
    let operator: Operator;
    let cdktf: Cdktf;
    let terraform: Terraform;

    beforeAll(async () => {
      twin = await Twin.start(new TieBreaker(new App(), "tie-breaker").clusters[0].topology());
      operator = new Operator(twin);
      cdktf = new Cdktf(twin.moto);
      await cdktf.synth("--hcl");
      terraform = new Terraform(cdktf.stackDir("tie-breaker"), twin.moto);
      await terraform.init();
      await terraform.apply();
    });
    afterAll(async () => {
      await endAll();
      await twin?.stop();
      cdktf?.remove();
    });

    const cluster = (members: readonly string[]) =>
      twin.cluster.until(
        ({ settled, subClusters, nodes }) =>
          settled &&
          subClusters.some(
            (one) => one.available === 4096 && [...one.members].sort().join() === [...members].sort().join(),
          ) &&
          nodes.every(({ migratesTx }) => migratesTx === 0),
        60_000,
      );
    const all = () => twin.topology.nodes.map(({ id }) => id);

    it("splits London from Paris: Paris and the tie-breaker serve all, London's nodes hear Ireland and are in no cluster", async () => {
      await cluster(all());
      const london = await connect(twin.cluster.seeds[LONDON], NO_BREAKER);
      const paris = await connect(twin.cluster.seeds[PARIS], NO_BREAKER);
      await terraform.apply({ fault: "split" });
      const { orphans } = await cluster([...operator.nodesIn(PARIS), ...operator.nodesIn(IRELAND)]);
      expect(orphans.map(({ id }) => id).sort()).toEqual(operator.nodesIn(LONDON).sort());
      for (let k = 0; k < 50; k++) {
        await eventually(
          () => codeOf(paris.put(key(k), { k })),
          (code) => code === "0",
        );
      }
      expect(await codeOf(london.put(key(1), { k: 1 }))).not.toBe("0");
    });

    it("is whole again with fault=none, and nothing is left to change", async () => {
      await terraform.apply({ fault: "none" });
      await cluster(all());
      expect((await terraform.plan()).changes).toEqual([]);
    });
  },
);
