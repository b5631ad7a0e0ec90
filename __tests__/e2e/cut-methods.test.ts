import { setTimeout as sleep } from "node:timers/promises";
import {
  IAMClient,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { type TerraformResource, TerraformStack } from "cdktf";
import {
  AerospikeAccess,
  FaultSwitch,
  PartitionRule,
  Peering,
  RackOutage,
  RegionVpc,
  StretchCluster,
  StretchTags,
} from "../../modules";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { stretch } from "./support/stretch";
import { SynthDir } from "./support/synth";
import { inAws, type Plan, Terraform } from "./support/terraform";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const [A, B] = ["10.32.0.0/16", "10.33.0.0/16"];
/** Time for a plan to begin before a fault's own end. */
const LEAD_MS = 30_000;

/** What changes in AWS. */
const summary = ({ changes }: Plan) =>
  inAws(changes)
    .map(({ action, address }) => `${action} ${address.split(".")[0]}`)
    .sort();
const times = (count: number, change: string) => Array<string>(count).fill(change);

describeWith(["terraform", "moto"], "cuts by every method, and faults with an end of their own", () => {
  const folder = new SynthDir();
  let moto: Moto;
  let cloud: Cloud;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    cloud = new Cloud(moto);
    const dir = folder.synth("methods", (app) => {
      const stack = new TerraformStack(app, "methods");
      new StretchTags(stack, "tags", { scenario: "methods" });
      const zones = ["a"];
      const london = new RegionVpc(stack, "london", { region: LONDON, cidrBlock: A, zones });
      const paris = new RegionVpc(stack, "paris", { region: PARIS, cidrBlock: B, zones });
      new Peering(stack, "peering", { requester: paris, accepter: london });
      const cluster = new StretchCluster(stack, "cluster", {
        namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
        racks: [
          { id: 32, vpc: london, nodes: ["a"] },
          { id: 33, vpc: paris, nodes: ["a"] },
        ],
        access: AerospikeAccess.open(),
      });
      const between = [london, paris] as const;
      new PartitionRule(stack, "split", { fault: "split", between: [cluster.rack(32), cluster.rack(33)] });
      new PartitionRule(stack, "no-route", { fault: "no-route", between, method: "route" });
      new PartitionRule(stack, "edit", { fault: "edit", between, method: "security-group" });
      new PartitionRule(stack, "from", { fault: "from", between, direction: "from" });
      new PartitionRule(stack, "ports", { fault: "ports", between, ports: ["heartbeat"] });
      new RackOutage(stack, "outage", { fault: "rack-down", rack: cluster.rack(32) });
      // Ends in seconds are for this test alone.
      const asked = FaultSwitch.of(stack).end.node.findChild("asked") as TerraformResource;
      asked.lifecycle = { ignoreChanges: ["input"] };
    });
    terraform = new Terraform(dir, moto);
    await terraform.init();
    await terraform.apply();
  });
  afterAll(async () => {
    await moto?.stop();
    folder.remove();
  });

  /** Plans a fault from the one that lasts, applies it and tells what the plan said. */
  const make = async (variables: Record<string, string>) => {
    const plan = await terraform.plan(variables);
    await terraform.apply(plan);
    return summary(plan);
  };
  const denies = async () => ({ ...(await cloud.denies(LONDON)), ...(await cloud.denies(PARIS)) });

  it("route: takes the routes between the VPCs away", async () => {
    expect(await make({ fault: "no-route" })).toEqual(times(2, "delete aws_route"));
    expect((await terraform.plan({ fault: "no-route" })).warnings).toEqual([
      expect.stringContaining("The fault no-route has no end of its own"),
    ]);
    expect([await cloud.peerRoutes(LONDON), await cloud.peerRoutes(PARIS)]).toEqual([[], []]);
  });

  it("route: stretch heal names the routes that are gone, and the command that puts each back", async () => {
    const { code, stdout, stderr } = await stretch(moto, ["heal", "methods", "--region", LONDON, PARIS]);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `Nothing that a fault of methods made is left in ${LONDON}, ${PARIS}.\n`,
    });
    expect(stderr).toMatch(
      /aws ec2 create-route --region eu-west-2 --route-table-id rtb-\w+ --destination-cidr-block 10.33.0.0\/16 --vpc-peering-connection-id pcx-\w+/,
    );
    expect(stderr).toContain("stretch: 2 that faults took away are not there.");
  });

  it("security-group: takes the other side's rule and the open one away, and the routes are back", async () => {
    expect(await make({ fault: "edit" })).toEqual([
      ...times(2, "create aws_route"),
      ...times(4, "delete aws_vpc_security_group_ingress_rule"),
    ]);
    expect([await cloud.peerRoutes(LONDON), await cloud.peerRoutes(PARIS)]).toEqual([[B], [A]]);
    expect([await cloud.databaseSources(LONDON), await cloud.databaseSources(PARIS)]).toEqual([[A], [B]]);
    const { code, stderr } = await stretch(moto, ["heal", "methods", "--region", LONDON, PARIS]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /aws ec2 authorize-security-group-ingress --region eu-west-3 --group-id sg-\w+ --protocol tcp --port 3000-3003 --cidr 10.32.0.0\/16/,
    );
    expect(stderr).toContain("stretch: 4 that faults took away are not there.");
  });

  it("network-acl, one direction: denied where packets leave and where they arrive", async () => {
    expect(await make({ fault: "from" })).toEqual([
      ...times(2, "create aws_network_acl_rule"),
      ...times(2, "create aws_scheduler_schedule"),
      ...times(4, "create aws_vpc_security_group_ingress_rule"),
    ]);
    expect(await denies()).toEqual({ "10.32.0.0/20": [`out ${B}`], "10.33.0.0/20": [`in ${A}`] });
    expect(await cloud.databaseSources(LONDON)).toEqual(["0.0.0.0/0", A, B]);
  });

  it("network-acl, heartbeats only: the port is denied in and out on both sides", async () => {
    expect(await make({ fault: "ports" })).toEqual([
      ...times(4, "create aws_network_acl_rule"),
      ...times(4, "create aws_scheduler_schedule"),
      ...times(2, "delete aws_network_acl_rule"),
      ...times(2, "delete aws_scheduler_schedule"),
    ]);
    expect(await terraform.plan({ fault: "ports" })).toMatchObject({ changes: [], warnings: [] });
    expect(await denies()).toEqual({
      "10.32.0.0/20": [`in ${B}`, `out ${B}`],
      "10.33.0.0/20": [`in ${A}`, `out ${A}`],
    });
  });

  it("heals to no changes", async () => {
    expect(await make({ fault: "none" })).toEqual([
      ...times(4, "delete aws_network_acl_rule"),
      ...times(4, "delete aws_scheduler_schedule"),
    ]);
    expect(await terraform.plan()).toMatchObject({ changes: [], warnings: [] });
  });

  describe("heal_at", () => {
    const inTime = () => new Date(Date.now() + LEAD_MS).toISOString().replace(/\.\d+Z$/, "Z");
    const passed = (time: string) => sleep(Math.max(0, Date.parse(time) - Date.now()) + 1000);
    let healAt: string;

    it.each(["2030-01-31T13:45:00+01:00", "2030-02-31T13:45:00Z"])("fails for %s", async (time) => {
      await expect(terraform.plan({ fault: "split", heal_at: time })).rejects.toThrow(
        /heal_at must be a time in UTC as RFC 3339 writes it/,
      );
    });

    it.each([
      ["no-route", "its routes must be made again"],
      ["edit", "its ingress rules must be made again"],
    ])("fails for the fault %s, with the reason", async (fault, reason) => {
      await expect(terraform.plan({ fault, heal_at: "2099-01-01T00:00:00Z" })).rejects.toThrow(
        new RegExp(
          `The fault\\s+${fault}\\s+cannot\\s+end\\s+by\\s+itself:\\s+${reason.replaceAll(" ", "\\s+")}`,
        ),
      );
    });

    it("makes one schedule a rule beside the cut", async () => {
      healAt = inTime();
      expect(await make({ fault: "split", heal_at: healAt })).toEqual([
        ...times(4, "create aws_network_acl_rule"),
        ...times(4, "create aws_scheduler_schedule"),
      ]);
      expect(Object.values(await denies()).flat()).toHaveLength(4);
      for (const region of [LONDON, PARIS]) {
        const schedules = await cloud.schedules(region);
        expect(schedules).toHaveLength(2);
        for (const schedule of schedules) {
          expect(schedule).toMatchObject({
            ScheduleExpression: `at(${healAt.slice(0, -1)})`,
            ScheduleExpressionTimezone: "UTC",
            FlexibleTimeWindow: { Mode: "OFF" },
            Target: { Arn: "arn:aws:scheduler:::aws-sdk:ec2:deleteNetworkAclEntry" },
          });
          expect(await cloud.groupTags(region, schedule)).toMatchObject({ scenario: "methods" });
        }
      }
    });

    it("gives the scheduler a role that may end the stack's faults in its region only", async () => {
      const [schedule] = await cloud.schedules(LONDON);
      const iam = new IAMClient(moto.client(LONDON));
      const { Roles = [] } = await iam.send(new ListRolesCommand({}));
      const role = Roles.find(({ Arn }) => Arn === schedule.Target!.RoleArn)!;
      const trust = JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument!)).Statement[0];
      expect(trust.Condition).toEqual({ StringEquals: { "aws:SourceAccount": schedule.Arn!.split(":")[4] } });
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role.RoleName }));
      const { PolicyDocument } = await iam.send(
        new GetRolePolicyCommand({ RoleName: role.RoleName, PolicyName: PolicyNames[0] }),
      );
      const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument!));
      const account = schedule.Arn!.split(":")[4];
      const { NetworkAclId } = JSON.parse(schedule.Target!.Input!);
      const actions = Statement.map(({ Action }: { Action: string }) => Action);
      expect(actions.slice(2)).toEqual(["kms:CreateGrant", "sqs:SendMessage"]);
      expect(Statement.slice(0, 2)).toEqual([
        {
          Effect: "Allow",
          Action: "ec2:DeleteNetworkAclEntry",
          Resource: [`arn:aws:ec2:eu-west-2:${account}:network-acl/${NetworkAclId}`],
        },
        {
          Effect: "Allow",
          Action: "ec2:StartInstances",
          Resource: [expect.stringMatching(`^arn:aws:ec2:eu-west-2:${account}:instance/i-[0-9a-f]+$`)],
        },
      ]);
    });

    it("ended by the scheduler: the same command removes the spent schedules and never cuts again", async () => {
      await cloud.fire(LONDON);
      await cloud.fire(PARIS);
      expect(Object.values(await denies()).flat()).toEqual([]);
      await passed(healAt);
      expect(summary(await terraform.plan({ fault: "none" }))).toEqual(
        times(4, "delete aws_scheduler_schedule"),
      );
      expect(await make({ fault: "split", heal_at: healAt })).toEqual(
        times(4, "delete aws_scheduler_schedule"),
      );
      expect(Object.values(await denies()).flat()).toEqual([]);
      expect(await cloud.schedules(LONDON)).toEqual([]);
      expect(await terraform.plan({ fault: "split", heal_at: healAt })).toMatchObject({
        changes: [],
        warnings: [`The fault split ended at ${healAt}: fault=none before a new one.`],
      });
      expect(summary(await terraform.plan({ fault: "none" }))).toEqual([]);
    });

    it("of a rack outage starts the hosts again", async () => {
      healAt = inTime();
      expect(await make({ fault: "rack-down", heal_at: healAt })).toEqual([
        "create aws_scheduler_schedule",
        "update aws_ec2_instance_state",
      ]);
      const state = async () => Object.values(await cloud.instances(LONDON)).map((host) => host.state);
      expect(await state()).toEqual(["stopped"]);
      await cloud.fire(LONDON);
      expect(await state()).toEqual(["running"]);
      await passed(healAt);
      expect(await make({ fault: "rack-down", heal_at: healAt })).toEqual(["delete aws_scheduler_schedule"]);
      expect(await state()).toEqual(["running"]);
      expect(summary(await terraform.plan({ fault: "none" }))).toEqual([]);
    });

    it("of a rack outage: stretch heal starts the hosts, removes the schedule, and reads back", async () => {
      await make({ fault: "rack-down", heal_at: "2099-01-01T00:00:00Z" });
      const listed = await stretch(moto, ["heal", "methods", "--region", LONDON, PARIS]);
      expect(listed.code).toBe(1);
      expect(listed.stdout).toContain("Left by faults (2)");
      expect(listed.stderr).toContain(
        "Nothing was removed. Where no terminal asks, --yes removes what is listed.",
      );
      const { code, stdout } = await stretch(moto, ["heal", "methods", "--region", LONDON, PARIS, "--yes"]);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining("Healed, and read back."),
      });
      expect(stdout).toMatch(/removed stopped host i-\w+ stopped \(eu-west-2\)/);
      expect(Object.values(await cloud.instances(LONDON)).map(({ state }) => state)).toEqual(["running"]);
      expect(await cloud.schedules(LONDON)).toEqual([]);
      expect(summary(await terraform.plan({ fault: "none" }))).toEqual([]);
      await terraform.apply({ fault: "none" });
    });

    it("healed early by the operator: rules and schedules go together", async () => {
      const timed = { fault: "split", heal_at: "2099-01-01T00:00:00Z" };
      await make(timed);
      expect((await terraform.plan(timed)).changes).toEqual([]);
      expect(await make({ fault: "none" })).toEqual([
        ...times(4, "delete aws_network_acl_rule"),
        ...times(4, "delete aws_scheduler_schedule"),
      ]);
      expect((await terraform.plan()).changes).toEqual([]);
    });
  });

  it("is destroyed whole", async () => {
    await terraform.destroy();
    expect(await cloud.leftovers([LONDON, PARIS])).toEqual([]);
  });
});
