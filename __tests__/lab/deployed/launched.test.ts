import { firstLaunch } from "../../../lab/deployed/launched";
import { setEnvironment, StandInAws } from "./support/stand-in-aws";

const HOSTS = [
  { region: "eu-west-2", instanceId: "i-1" },
  { region: "eu-west-3", instanceId: "i-2" },
];

/** An instance as DescribeInstances tells it: started last, and attached to its first interface. */
const instance = (started: string, attached: string) =>
  `<item><instancesSet><item><launchTime>${started}</launchTime><networkInterfaceSet><item><attachment><attachTime>${attached}</attachTime></attachment></item></networkInterfaceSet></item></instancesSet></item>`;

describe("when a stack's first host was launched", () => {
  let aws: StandInAws;
  let restore: () => void;
  /** Instances that AWS tells of, by id. */
  let told: Record<string, string> = {};

  beforeEach(async () => {
    told = {};
    aws = await StandInAws.start((_, body) => {
      const [, id] = /InstanceId\.1=([\w-]+)/.exec(body.toString())!;
      const set = `<reservationSet>${told[id] ?? ""}</reservationSet>`;
      return { status: 200, body: `<DescribeInstancesResponse>${set}</DescribeInstancesResponse>` };
    });
    restore = setEnvironment(aws.environment);
  });
  afterEach(async () => {
    restore();
    await aws.stop();
  });

  it("is the earliest of all regions, though hosts were stopped and started since", async () => {
    told = {
      "i-1": instance("2026-01-01T12:00:00.000Z", "2026-01-01T09:30:00.000Z"),
      "i-2": instance("2026-01-01T10:00:00.000Z", "2026-01-01T10:00:01.000Z"),
    };
    expect((await firstLaunch(HOSTS))!.toISOString()).toBe("2026-01-01T09:30:00.000Z");
  });

  it("cannot be told where AWS knows none of them", async () => {
    expect(await firstLaunch(HOSTS)).toBeUndefined();
  });
});
