import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { KNOWN_TYPES, operatorPolicy } from "../../../cli/live/operator-policy";
import { LEVER } from "../../../lab/deployed/run-lock";
import { NO_FAULT } from "../../../model";
import { describeWith } from "../../support/requirements";
import { DeployedStack } from "../support/twin/deployed-stack";

const OPEN = { ...NO_FAULT, clientsLose: {} };
/** Services as policies name them. */
const SERVICES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };
/** Run Commands of a run in a region. */
const MOST_COMMANDS = 10;

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "stretch run --live on the twin of AWS",
  () => {
    let deployed: DeployedStack;

    beforeAll(async () => {
      deployed = await DeployedStack.start("even-split");
    });
    afterAll(() => deployed?.stop());

    const lever = (Value: string) =>
      new SSMClient(deployed.twin.moto.client("eu-west-3")).send(
        new PutParameterCommand({ Name: LEVER, Value, Type: "String", Overwrite: true }),
      );

    it("is refused while the safety lever is on, and nothing is broken", async () => {
      await lever("on");
      const { code, text } = await deployed.run("even-split");
      await lever("off");
      expect({ code, text }).toEqual({ code: 3, text: expect.stringContaining("The safety lever is on") });
      expect(deployed.twin.networks).toEqual(OPEN);
    });

    it("is refused where a variable differs from the deployment's, and nothing is broken", async () => {
      const { code, text } = await deployed.run("--var", "owner=somebody");
      expect({ code, text }).toEqual({
        code: 3,
        text: expect.stringContaining("It was deployed with other variables: give owner as then"),
      });
      expect(deployed.twin.networks).toEqual(OPEN);
    });

    it("runs the whole story as predicted; a second run is refused meanwhile", async () => {
      const before = deployed.calls().length;
      const going = deployed.run("even-split", "--truncate");
      const commands = () => deployed.calls().filter(({ action }) => action === "SendCommand").length;
      while (commands() === 0) await new Promise((resolve) => setTimeout(resolve, 200));
      const second = await deployed.run("even-split");
      expect(second).toEqual({
        code: 3,
        text: expect.stringContaining("A run is going on the stack even-split"),
      });
      const { code, text } = await going;
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("pass: ") });
      expect(text).toMatch(/made one by one within \d+\.\d s/);
      expect(text).toContain("its schedules are there");
      expect(deployed.twin.networks).toEqual(OPEN);
      const calls = deployed.calls().slice(before);
      for (const region of ["eu-west-2", "eu-west-3"]) {
        const sent = calls.filter((call) => call.action === "SendCommand" && call.region === region);
        expect(sent.length).toBeLessThanOrEqual(MOST_COMMANDS);
      }
    });

    it("has asked of AWS what the operator's policy allows, and nothing else", () => {
      const allowed = new Set(
        operatorPolicy(KNOWN_TYPES, KNOWN_TYPES).Statement.flatMap(({ Action }) => Action),
      );
      // The deployment came first: from the first refused run on. S3 and the scheduler are called by path, without an action's name.
      const calls = deployed.calls();
      const ours = calls.slice(calls.findIndex(({ by }) => by === "stretch"));
      const asked = new Set(
        ours.flatMap(({ service, action }) =>
          /^\w+$/.test(action) ? [`${SERVICES[service] ?? service}:${action}`] : [],
        ),
      );
      expect(asked.size).toBeGreaterThan(30);
      expect([...asked].filter((action) => !allowed.has(action))).toEqual([]);
    });

    it("leaves a cluster whose nodes and next step are told", async () => {
      const status = await deployed.stretch("status", "even-split");
      expect(status).toEqual({ code: 0, text: expect.stringContaining("6 of 6 nodes have answered") });
      const recover = await deployed.stretch("recover", "even-split");
      expect(recover).toEqual({ code: 0, text: expect.stringContaining("proposes: ") });
    });
  },
);
