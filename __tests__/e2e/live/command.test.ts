import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Policy } from "../../../cli/live/operator-policy";
import { LEVER } from "../../../lab/deployed/run-lock";
import { NO_FAULT } from "../../../model";
import { describeWith } from "../../support/requirements";
import { DeployedStack } from "../support/twin/deployed-stack";
import { allows } from "../support/twin/policy";

const OPEN = { ...NO_FAULT, clientsLose: {} };
/** The one condition of the policy is met: roles are passed to the scheduler alone. */
const PASSED = { "iam:PassedToService": "scheduler.amazonaws.com" };
/** Rights for what need not come to pass: a schedule that moves, a command to be cancelled, hosts that were away. */
const FOR_TROUBLE = ["scheduler:UpdateSchedule", "ssm:CancelCommand", "ssm:DescribeInstanceInformation"];
/** Run Commands of a run in a region. */
const MOST_COMMANDS = 10;

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "stretch run --live on the twin of AWS, with the rights of stretch policy alone",
  () => {
    let deployed: DeployedStack;
    let policy: Policy;

    // It is deployed with all rights; the command has those of the policy that it prints, and no others.
    beforeAll(async () => {
      deployed = await DeployedStack.start("even-split");
      policy = JSON.parse((await deployed.command("policy", "even-split")).stdout);
      await deployed.actAs(policy);
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

    it("leaves a cluster whose nodes and next step are told", async () => {
      const status = await deployed.stretch("status", "even-split");
      expect(status).toEqual({ code: 0, text: expect.stringContaining("6 of 6 nodes have answered") });
      const recover = await deployed.stretch("recover", "even-split");
      expect(recover).toEqual({ code: 0, text: expect.stringContaining("proposes: ") });
    });

    it("heals a fault with them, without Terraform", async () => {
      await deployed.terraform.apply({ fault: "split" });
      expect(deployed.twin.networks).not.toEqual(OPEN);
      const { code, text } = await deployed.command("heal", "even-split", "--yes");
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("Healed, and read back.") });
      expect(deployed.twin.networks).toEqual(OPEN);
      expect(await deployed.twin.scheduler.waiting()).toEqual([]);
      await deployed.terraform.apply({ fault: "none" });
    });

    it("has asked of AWS what the policy allows, on resources that it names, and nothing else", () => {
      const calls = deployed.calls().filter(({ byUser }) => byUser);
      expect(calls.filter(({ refused }) => refused !== null)).toEqual([]);
      const asked = calls.flatMap((call) => call.asked);
      const denied = asked.filter(({ action, resource }) => !allows([policy], action, resource, PASSED));
      expect(denied).toEqual([]);
      const actions = new Set(asked.map(({ action }) => action));
      const needless = policy.Statement.flatMap(({ Action }) => Action).filter(
        (action) => !actions.has(action) && !FOR_TROUBLE.includes(action),
      );
      expect(needless).toEqual([]);
    });

    describe("where one of them is missing", () => {
      /** Takes an action out of the policy, whichever statements have it. */
      const without = (action: string) =>
        deployed.actAs({
          ...policy,
          Statement: policy.Statement.map((one) => ({
            ...one,
            Action: [one.Action].flat().filter((each) => each !== action),
          })).filter(({ Action }) => Action.length > 0),
        });

      it.each(["ssm:AddTagsToResource", "ssm:SendCommand", "s3:PutObject"])(
        "fails before anything is broken, and names it: %s",
        async (action) => {
          await without(action);
          const { code, text } = await deployed.run("even-split", "--truncate");
          expect({ code, text }).toEqual({ code: 3, text: expect.stringContaining("Nothing was broken") });
          expect(text).toContain(`is not authorized to perform: ${action} on resource: arn:aws:`);
          expect(text).toContain("ask for the right that AWS names");
          expect(deployed.twin.networks).toEqual(OPEN);
        },
      );

      it("fails in the middle of the fault, names it and heals: ec2:CreateNetworkAclEntry", async () => {
        await without("ec2:CreateNetworkAclEntry");
        const { code, text } = await deployed.run("even-split", "--fault", "split", "--truncate");
        expect({ code, text }).toEqual({
          code: 3,
          text: expect.stringContaining("the links are open again"),
        });
        expect(text).toContain("is not authorized to perform: ec2:CreateNetworkAclEntry");
        expect(deployed.twin.networks).toEqual(OPEN);
        expect(await deployed.twin.scheduler.waiting()).toEqual([]);
      });
    });
  },
);
