/** @jest-environment ./__tests__/support/real-client-environment.js */
import type { Client } from "aerospike";
import { RackFailure } from "../../../scenarios";
import { codeOf, connect, endAll, eventually, key, NO_BREAKER } from "../../rehearsal/support/real-client";
import { describeWith } from "../../support/requirements";
import { SynthDir } from "../support/synth";
import { Terraform } from "../support/terraform";
import { Operator } from "../support/twin/operator";
import { Twin } from "../support/twin/twin";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const KEYS = Array.from({ length: 100 }, (_, k) => k);

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "rack-failure on the twin of AWS",
  () => {
    const folder = new SynthDir();
    let twin: Twin;
    let operator: Operator;
    let terraform: Terraform;
    let paris: Client;

    beforeAll(async () => {
      let stack: RackFailure | undefined;
      const dir = folder.synth("rack-failure", (app) => (stack = new RackFailure(app, "rack-failure")));
      twin = await Twin.start(stack!.clusters[0].topology());
      operator = new Operator(twin);
      terraform = new Terraform(dir, twin.moto);
      await terraform.init();
      await terraform.apply();
      await serves(4096, 7);
      paris = await connect(twin.cluster.seeds[PARIS], NO_BREAKER);
    });
    afterAll(async () => {
      await endAll();
      await twin?.stop();
      folder.remove();
    });

    /** Waits until one cluster of so many nodes serves so many partitions, and nothing migrates. */
    const serves = (available: number, size: number) =>
      twin.cluster.until(
        ({ settled, subClusters, nodes }) =>
          settled &&
          subClusters.length === 1 &&
          subClusters[0].available === available &&
          subClusters[0].members.length === size &&
          nodes.every(({ migratesTx }) => migratesTx === 0),
        60_000,
      );
    const roster = async (nodes: string) => {
      const [any] = operator.nodesIn(PARIS);
      expect(await operator.info(any, `roster-set:namespace=mydata;nodes=${nodes}`)).toBe("ok");
      const principal = /cluster_principal=([^;]+)/.exec(await operator.info(any, "statistics"))![1];
      expect(await operator.info(principal, "recluster:")).toBe("ok");
    };
    const observed = async () => {
      const answer = await operator.info(operator.nodesIn(PARIS)[0], "roster:namespace=mydata");
      return /observed_nodes=([^:]+)/.exec(answer)![1];
    };
    const readable = async () => {
      const codes = await Promise.all(KEYS.map((k) => codeOf(paris.get(key(k)))));
      return codes.filter((code) => code === "0").length;
    };

    it("stops London's hosts, and their nodes with them: Paris serves nothing", async () => {
      for (const k of KEYS) await paris.put(key(k), { k });
      await terraform.apply({ fault: "rack-down" });
      await serves(0, 3);
      const { nodes } = await twin.cluster.status();
      expect(
        nodes
          .filter(({ up }) => !up)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(operator.nodesIn(LONDON).sort());
      expect(operator.nodesIn(LONDON).map((id) => twin.host(id).connection)).toEqual(Array(4).fill("lost"));
      await eventually(
        () => codeOf(paris.put(key(1), { k: 1 })),
        (code) => code === "11" || code === "-8",
      );
    });

    it("serves all again once rack 32 is off the roster, set on one host of Paris", async () => {
      await roster(await observed());
      await serves(4096, 3);
      await eventually(readable, (count) => count === KEYS.length);
    });

    it("has its hosts started by the schedule, with nobody there", async () => {
      await twin.scheduler.moveToEnd();
      expect(new Set(twin.scheduler.fired.map(({ call, error }) => error ?? call))).toEqual(
        new Set(["startInstances"]),
      );
      await serves(4096, 7);
      expect(operator.nodesIn(LONDON).map((id) => twin.host(id).connection)).toEqual(Array(4).fill("online"));
    });

    it("takes rack 32 back, and has lost nothing", async () => {
      await roster(await observed());
      await serves(4096, 7);
      await eventually(readable, (count) => count === KEYS.length);
      await terraform.apply({ fault: "none" });
      expect(await terraform.plan()).toMatchObject({ changes: [], warnings: [] });
    });
  },
);
