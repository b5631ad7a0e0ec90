/** @jest-environment ./__tests__/support/real-client-environment.js */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EC2Client, StartInstancesCommand, StopInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  SendCommandCommand,
} from "@aws-sdk/client-ssm";
import type { Client } from "aerospike";
import { digest, healthyCluster, NO_FAULT, partitionOf, replicaIds } from "../../model";
import { EvenSplit } from "../../scenarios";
import { codeOf, connect, endAll, eventually, key, NO_BREAKER } from "../rehearsal/support/real-client";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { Terraform } from "./support/terraform";
import { Operator } from "./support/twin/operator";
import { lastSummary, StretchProcess } from "./support/twin/stretch-process";
import { Twin } from "./support/twin/twin";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "even-split on the twin of AWS",
  () => {
    const folder = new SynthDir();
    let stack: EvenSplit;
    let twin: Twin;
    let operator: Operator;
    let terraform: Terraform;
    let london: Client;

    beforeAll(async () => {
      const dir = folder.synth("even-split", (app) => (stack = new EvenSplit(app, "even-split")));
      twin = await Twin.start(stack.clusters[0].topology());
      operator = new Operator(twin);
      terraform = new Terraform(dir, twin.moto);
      await terraform.init();
      await terraform.apply();
      london = await connect(twin.cluster.seeds[LONDON], NO_BREAKER);
    });
    afterAll(async () => {
      await endAll();
      await twin?.stop();
      folder.remove();
    });

    const healed = () =>
      twin.cluster.until(
        ({ settled, subClusters, nodes }) =>
          settled &&
          subClusters.length === 1 &&
          subClusters[0].available === 4096 &&
          nodes.every(({ migratesTx }) => migratesTx === 0),
        60_000,
      );

    /** A key whose first replica is in a region. */
    const keyOf = (region: string) => {
      const { nodes } = twin.topology;
      const { map } = healthyCluster(twin.topology);
      const isThere = (id: string) => nodes.find((node) => node.id === id)!.region === region;
      for (let k = 0; ; k++) if (isThere(replicaIds(map, partitionOf(digest("dummy", k)))[0])) return key(k);
    };

    it("is one cluster on open networks once it is applied, and nothing is left to change", async () => {
      expect(twin.networks).toEqual({ ...NO_FAULT, clientsLose: {} });
      await healed();
      await eventually(
        () => codeOf(london.put(keyOf(PARIS), { a: 1 })),
        (code) => code === "0",
      );
      expect((await terraform.plan()).changes).toEqual([]);
    });

    it("carries out Run Commands on each host, with the scripts that are there, and tells the end late", async () => {
      const of = operator.nodesIn(PARIS);
      const id = await operator.send(of, [
        "/opt/stretch/bin/asinfo -v node",
        ". /etc/stretch/host.env",
        'echo "$NODE_ID"',
      ]);
      await expect(
        operator
          .ssm(PARIS)
          .send(new GetCommandInvocationCommand({ CommandId: id, InstanceId: twin.host(of[0]).id })),
      ).rejects.toMatchObject({ name: "InvocationDoesNotExist" });
      for (const node of of) {
        expect(await operator.ended(id, node)).toMatchObject({
          Status: "Success",
          StandardOutputContent: `${node}\n${node}\n`,
          StandardErrorContent: "",
        });
      }
    });

    it("cuts long outputs off, and lists in pages", async () => {
      const of = operator.nodesIn(LONDON);
      const id = await operator.send(of, ["head -c 30000 /dev/zero | tr '\\0' a"]);
      expect((await operator.ended(id, of[0])).StandardOutputContent).toHaveLength(24_000);
      await operator.ended(id, of[1]);
      await operator.ended(id, of[2]);
      const list = (NextToken?: string) =>
        operator
          .ssm(LONDON)
          .send(
            new ListCommandInvocationsCommand({ CommandId: id, Details: true, MaxResults: 2, NextToken }),
          );
      const first = await list();
      expect(
        first.CommandInvocations!.map(({ CommandPlugins }) => CommandPlugins![0].Output!.length),
      ).toEqual([2500, 2500]);
      const second = await list(first.NextToken);
      expect(second.CommandInvocations).toHaveLength(1);
      expect(second.NextToken).toBeUndefined();
    });

    it("ends a script by its time limit, and when it is cancelled", async () => {
      const [node] = operator.nodesIn(LONDON);
      const endless = ["echo begun", "sleep 600 & wait"];
      const limited = await operator.send([node], endless, { executionTimeout: ["1"] });
      expect(await operator.ended(limited, node)).toMatchObject({
        Status: "TimedOut",
        StatusDetails: "ExecutionTimedOut",
        StandardOutputContent: "begun\n",
      });
      const cancelled = await operator.send([node], endless);
      await sleep(1000);
      await operator.ssm(LONDON).send(new CancelCommandCommand({ CommandId: cancelled }));
      expect(await operator.ended(cancelled, node)).toMatchObject({ Status: "Cancelled" });
    });

    it("refuses instances without an agent, and knows which ones have one", async () => {
      await expect(
        operator.ssm(LONDON).send(
          new SendCommandCommand({
            DocumentName: "AWS-RunShellScript",
            InstanceIds: ["i-0123456789abcdef0"],
            Parameters: { commands: ["true"] },
          }),
        ),
      ).rejects.toMatchObject({ name: "InvalidInstanceId" });
      const { InstanceInformationList = [] } = await operator
        .ssm(PARIS)
        .send(new DescribeInstanceInformationCommand({}));
      const hosts = [...operator.nodesIn(PARIS), PARIS].map((of) => twin.host(of).id);
      expect(InstanceInformationList.map(({ InstanceId }) => InstanceId).sort()).toEqual(hosts.sort());
    });

    it("lets a host write below its own prefix of the bucket, and nowhere else", async () => {
      const { results_bucket: bucket } = await terraform.output();
      const prefix = /RESULTS_PREFIX='(.*)'/.exec(twin.host(LONDON).read("/etc/stretch/host.env"))![1];
      const id = await operator.send(
        [LONDON],
        [
          `echo hello >/tmp/a && aws s3 cp --only-show-errors /tmp/a s3://${bucket}/${prefix}/a`,
          `aws s3 cp s3://${bucket}/${prefix}/a - && aws s3 cp /tmp/a s3://${bucket}/other/a`,
        ],
      );
      expect(await operator.ended(id, LONDON)).toMatchObject({
        Status: "Failed",
        StandardOutputContent: "hello\n",
        StandardErrorContent: expect.stringContaining("AccessDenied"),
      });
    });

    it("stops a node with its instance, and its server with systemctl", async () => {
      const [node] = operator.nodesIn(PARIS);
      const ec2 = new EC2Client(twin.moto.client(PARIS));
      const InstanceIds = [twin.host(node).id];
      const up = async () => (await twin.cluster.status()).nodes.find(({ id }) => id === node)!.up;
      await ec2.send(new StopInstancesCommand({ InstanceIds }));
      expect(await up()).toBe(false);
      await ec2.send(new StartInstancesCommand({ InstanceIds }));
      expect(await up()).toBe(true);
      await healed();
      await operator.ended(await operator.send([node], ["systemctl stop aerospike"]), node);
      expect(await up()).toBe(false);
      await operator.ended(await operator.send([node], ["systemctl start aerospike"]), node);
      expect(await up()).toBe(true);
      await healed();
    });

    it("is parted by fault=split: each half serves half, clients get 11, and -8 where they came later", async () => {
      await terraform.apply({ fault: "split" });
      expect(twin.networks.cannotHear).toEqual(stack.faults().split.cannotHear);
      const { subClusters } = await twin.cluster.until(
        ({ settled, subClusters: those }) =>
          settled && those.length === 2 && those.every(({ available }) => available === 2048),
        60_000,
      );
      expect(subClusters.map(({ members }) => [...members].sort())).toEqual(
        expect.arrayContaining([operator.nodesIn(LONDON).sort(), operator.nodesIn(PARIS).sort()]),
      );
      await eventually(
        () => codeOf(london.put(keyOf(PARIS), { a: 2 })),
        (code) => code === "11",
        60_000,
      );
      const late = await connect(twin.cluster.seeds[LONDON], NO_BREAKER);
      expect(await codeOf(late.put(keyOf(PARIS), { a: 3 }))).toBe("-8");
      await eventually(
        () => codeOf(late.put(keyOf(LONDON), { a: 3 })),
        (code) => code === "0",
      );
    });

    it("is healed by its schedules with nobody there", async () => {
      const waiting = await twin.scheduler.waiting();
      expect(waiting).toHaveLength(16);
      await twin.scheduler.moveTo(Math.min(...waiting.map(({ at }) => at)) - 60_000);
      expect(twin.scheduler.fired).toEqual([]);
      await twin.scheduler.moveToEnd();
      expect(twin.scheduler.fired.map(({ call, error }) => error ?? call)).toEqual(
        Array(16).fill("deleteNetworkAclEntry"),
      );
      expect(twin.networks).toEqual({ ...NO_FAULT, clientsLose: {} });
      await healed();
      await eventually(
        () => codeOf(london.put(keyOf(PARIS), { a: 4 })),
        (code) => code === "0",
        60_000,
      );
    });

    describe("by stretch run --live", () => {
      const out = mkdtempSync(join(tmpdir(), "stretch-twin-runs-"));
      let going: StretchProcess | undefined;
      const run = (...args: readonly string[]) =>
        (going = new StretchProcess(
          ["run", "even-split", "--live", "--yes", "--dir", terraform.dir, "--out", out, ...args],
          twin.moto.env,
        ));
      // The spent schedules go.
      beforeAll(() => terraform.apply());
      afterAll(() => {
        going?.signal("SIGKILL");
        rmSync(out, { recursive: true, force: true });
      });

      it("passes the story of even-split, with what was foretold, and few Run Commands", async () => {
        const before = twin.runCommand.sent.length;
        const { code, text } = await run("--truncate").ended;
        expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("pass: ") });
        expect(lastSummary(out).differences).toEqual([]);
        const sent = twin.runCommand.sent.slice(before).filter(({ region }) => region === LONDON);
        expect(sent.length).toBeLessThanOrEqual(10);
        expect((await terraform.plan()).changes).toEqual([]);
      });

      it("heals by the schedules where the operator's process is killed in the middle of a fault", async () => {
        const killed = run("--truncate", "--fault", "split");
        await killed.says(/foretold: /);
        killed.signal("SIGKILL");
        await killed.ended;
        expect(twin.networks.cannotHear).toEqual(stack.faults().split.cannotHear);
        await twin.scheduler.moveToEnd();
        expect(twin.networks).toEqual({ ...NO_FAULT, clientsLose: {} });
        await healed();
      });
    });
  },
);
