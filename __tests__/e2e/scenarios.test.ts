import { type Scenario, scenarios } from "../../scenarios";
import { Cloud } from "./support/cloud";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { SynthDir } from "./support/synth";
import { type Plan, Terraform, type TerraformJson } from "./support/terraform";
import { unheardBy, unheardIn } from "./support/unheard";

const [LONDON, PARIS, IRELAND] = ["eu-west-2", "eu-west-3", "eu-west-1"];

/** What was planned for a fault, and what was found in the cloud after it. */
interface Step {
  /** `create TYPE` etc. of every change: how many. */
  readonly changes: Record<string, number>;
  /** Addresses of what changes. */
  readonly addresses: readonly string[];
  /** Denied blocks by subnet, all regions. */
  readonly denies: Record<string, string[]>;
  /** States of the instances by private address, all regions. */
  readonly states: Record<string, string>;
  readonly partitions: TerraformJson;
  /** Pairs of nodes that do not hear each other, by the networks of the plan. */
  readonly unheard: readonly string[];
}

/** A scenario from its first apply to its healing, straight from fault to fault. */
interface Story {
  readonly steps: Record<string, Step>;
  /** Addresses of what a plan would change after the healing. */
  readonly left: readonly string[];
  /** What plans and applies warned of. */
  readonly warnings: readonly string[];
  /** Pairs of nodes that do not hear each other, by the first plan, in which no id is known. */
  readonly unheardAtFirst: readonly string[];
  /** Pairs of nodes that do not hear each other, by each fault's rules. */
  readonly told: Record<string, readonly string[]>;
}

async function tell(name: string, faults: readonly string[]): Promise<Story> {
  const folder = new SynthDir();
  const moto = await Moto.start();
  try {
    const cloud = new Cloud(moto);
    const scenario = scenarios.find((entry) => entry.name === name)!;
    let built: Scenario;
    const terraform = new Terraform(
      folder.synth(name, (app) => (built = scenario.build(app))),
      moto,
    );
    const topology = built!.clusters[0].topology();
    const effects = built!.faults();
    await terraform.init();
    await terraform.validate();
    const first = await terraform.plan();
    const unheardAtFirst = unheardIn(await terraform.show(first), topology);
    await terraform.apply(first);
    const steps: Record<string, Step> = {};
    const warnings: string[] = [];
    for (const fault of [...faults, "none"]) {
      const plan = await terraform.plan({ fault });
      const shown = await terraform.show(plan);
      const said = await terraform.apply(plan);
      warnings.push(...(said.match(/^Warning: .*$/gm) ?? []));
      const regions = [LONDON, PARIS, IRELAND];
      const denies = await Promise.all(regions.map((region) => cloud.denies(region)));
      const instances = await Promise.all(regions.map((region) => cloud.instances(region)));
      steps[fault] = {
        changes: counted(plan),
        addresses: plan.changes.map(({ address }) => address),
        denies: Object.assign({}, ...denies),
        states: Object.fromEntries(
          Object.entries(Object.assign({}, ...instances)).map(([ip, host]) => [
            ip,
            (host as { state: string }).state,
          ]),
        ),
        partitions: (await terraform.output()).partitions,
        unheard: unheardIn(shown, topology),
      };
    }
    const after = await terraform.plan();
    warnings.push(...after.warnings);
    const told = Object.fromEntries(
      [...faults, "none"].map((fault) => [fault, unheardBy(effects[fault]?.cannotHear ?? {})]),
    );
    const left = after.changes.map(({ address }) => address);
    return { steps, left, warnings, unheardAtFirst, told };
  } finally {
    await moto.stop();
    folder.remove();
  }
}

function counted({ changes }: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action, address } of changes) {
    // What keeps the time of a fault changes with each.
    if (address.startsWith("terraform_data.")) continue;
    const kind = `${action} ${address.split(".")[0]}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Private addresses of the hosts that do not run. */
const stopped = ({ states }: Step) => Object.keys(states).filter((ip) => states[ip] !== "running");

/** Subnets with a deny, and how many. */
const cut = ({ denies }: Step) =>
  Object.fromEntries(
    Object.entries(denies).flatMap(([cidr, rules]) => (rules.length ? [[cidr, rules.length]] : [])),
  );

const WHOLE = (nodes: string) => `${nodes} nodes, 4096 of 4096 partitions served`;
const ORPHANS = (nodes: string) =>
  `${nodes} nodes in no cluster, 0 of 4096 served once they block (10.3 to 11.3 s after the cut), all unavailable until healed`;
const NOTHING = (nodes: string) => `${nodes} nodes, 0 of 4096 served, all unavailable until healed`;

describeWith(["terraform", "moto"], "every scenario with its faults", () => {
  const FAULTS = {
    "three-regions": ["london-down", "paris-down", "ireland-down"],
    "tie-breaker": ["split", "london-down"],
    "active-passive": ["split", "active-lost", "passive-lost"],
    "rack-failure": ["rack-down"],
    "subnet-split": ["subnet"],
    "odd-split": ["split"],
  } as const;
  type Name = keyof typeof FAULTS;
  const told = new Map<string, Story | Error>();
  const story = (name: Name): Story => {
    const found = told.get(name);
    if (found === undefined || found instanceof Error) throw found ?? new Error(`${name} was not told`);
    return found;
  };

  // Two at a time: much of an apply is the provider waiting.
  beforeAll(async () => {
    const names = Object.keys(FAULTS) as Name[];
    const teller = async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        told.set(name, await tell(name, FAULTS[name]).catch((error: Error) => error));
      }
    };
    await Promise.all([teller(), teller()]);
  });

  it.each(Object.keys(FAULTS) as Name[])(
    "%s, once healed, has nothing to change, all hosts running",
    (name) => {
      const { steps, left, warnings } = story(name);
      expect(left).toEqual([]);
      expect(warnings).toEqual([]);
      expect(stopped(steps.none)).toEqual([]);
      expect(cut(steps.none)).toEqual({});
    },
  );

  it.each(Object.keys(FAULTS) as Name[])(
    "%s: the networks of each plan part whom the fault parts",
    (name) => {
      const { steps, unheardAtFirst, told } = story(name);
      expect(unheardAtFirst).toEqual([]);
      expect(
        Object.fromEntries(Object.entries(steps).map(([fault, { unheard }]) => [fault, unheard])),
      ).toEqual(told);
    },
  );

  describe("odd-split", () => {
    it("split: plans deny rules only, two on every subnet", () => {
      const { split } = story("odd-split").steps;
      expect(split.changes).toEqual({
        "create aws_network_acl_rule": 16,
        "create aws_scheduler_schedule": 16,
      });
      expect(Object.values(cut(split))).toEqual(Array(8).fill(2));
      expect(split.partitions).toMatchObject({ london: WHOLE("4 of 7"), paris: NOTHING("3 of 7") });
    });

    it("none: plans their removal only", () => {
      expect(story("odd-split").steps.none.changes).toEqual({
        "delete aws_network_acl_rule": 16,
        "delete aws_scheduler_schedule": 16,
      });
    });
  });

  describe("rack-failure", () => {
    it("rack-down: stops London's four hosts and changes nothing else", () => {
      const down = story("rack-failure").steps["rack-down"];
      expect(down.changes).toEqual({
        "create aws_scheduler_schedule": 1,
        "update aws_ec2_instance_state": 4,
      });
      const states = down.addresses.filter((address) => address.startsWith("aws_ec2_instance_state."));
      expect(states.every((address) => address.includes("_rack-32-"))).toBe(true);
      expect(stopped(down).sort()).toEqual(["172.32.0.4", "172.32.0.7", "172.32.16.5", "172.32.32.6"]);
      expect(down.partitions).toMatchObject({ london: "all nodes down", paris: NOTHING("3 of 7") });
    });

    it("none: starts them again", () => {
      const { none } = story("rack-failure").steps;
      expect(none.changes).toEqual({
        "delete aws_scheduler_schedule": 1,
        "update aws_ec2_instance_state": 4,
      });
      expect(none.states["172.32.0.7"]).toBe("running");
    });
  });

  describe("subnet-split", () => {
    it("subnet: cuts one London subnet from all others, which keep each other", () => {
      const { subnet } = story("subnet-split").steps;
      expect(subnet.changes).toEqual({
        "create aws_network_acl_rule": 22,
        "create aws_scheduler_schedule": 22,
      });
      const { "172.32.0.0/20": lost, ...others } = subnet.denies;
      expect(lost).toEqual([
        ...["in 172.32.128.0/24", "in 172.32.16.0/20", "in 172.32.32.0/20", "in 172.33.0.0/16"],
        ...["out 172.32.128.0/24", "out 172.32.16.0/20", "out 172.32.32.0/20", "out 172.33.0.0/16"],
      ]);
      expect(Object.values(others)).toEqual(Array(7).fill(["in 172.32.0.0/20", "out 172.32.0.0/20"]));
      expect(subnet.partitions).toMatchObject({
        london: `${NOTHING("2 of 12")}; ${WHOLE("10 of 12")}`,
        paris: WHOLE("10 of 12"),
      });
    });
  });

  describe("tie-breaker", () => {
    it("split: cuts London and Paris, and no subnet of Ireland", () => {
      const { split } = story("tie-breaker").steps;
      expect(split.changes).toEqual({
        "create aws_network_acl_rule": 16,
        "create aws_scheduler_schedule": 16,
      });
      expect(Object.keys(cut(split)).filter((cidr) => cidr.startsWith("172.30."))).toEqual([]);
      expect(split.partitions).toMatchObject({
        london: `${ORPHANS("3 of 7")} (predicted)`,
        paris: `${WHOLE("4 of 7")} (predicted)`,
        ireland: `${WHOLE("4 of 7")} (predicted)`,
      });
    });

    it("london-down: takes the cut away and stops London's three hosts", () => {
      const down = story("tie-breaker").steps["london-down"];
      expect(down.changes).toEqual({
        "create aws_scheduler_schedule": 1,
        "delete aws_network_acl_rule": 16,
        "delete aws_scheduler_schedule": 16,
        "update aws_ec2_instance_state": 3,
      });
      expect(cut(down)).toEqual({});
      expect(stopped(down).map((ip) => ip.slice(0, 7))).toEqual(Array(3).fill("172.32."));
      expect(down.partitions.paris).toBe(`${WHOLE("4 of 7")} (predicted)`);
    });
  });

  describe("active-passive", () => {
    it("split: plans deny rules only; London, the active rack, serves everything", () => {
      const { split } = story("active-passive").steps;
      expect(split.changes).toEqual({
        "create aws_network_acl_rule": 16,
        "create aws_scheduler_schedule": 16,
      });
      expect(split.partitions).toMatchObject({
        london: `${WHOLE("3 of 6")} (predicted)`,
        paris: `${NOTHING("3 of 6")} (predicted)`,
      });
    });

    it("active-lost: stops London's three hosts, and Paris serves nothing", () => {
      const lost = story("active-passive").steps["active-lost"];
      expect(lost.changes).toEqual({
        "create aws_scheduler_schedule": 1,
        "delete aws_network_acl_rule": 16,
        "delete aws_scheduler_schedule": 16,
        "update aws_ec2_instance_state": 3,
      });
      expect(stopped(lost).map((ip) => ip.slice(0, 7))).toEqual(Array(3).fill("172.32."));
      expect(lost.partitions.paris).toBe(`${NOTHING("3 of 6")} (predicted)`);
    });

    it("passive-lost: starts London's hosts and stops those of Paris; London serves everything", () => {
      const lost = story("active-passive").steps["passive-lost"];
      expect(lost.changes).toEqual({
        "create aws_scheduler_schedule": 1,
        "delete aws_scheduler_schedule": 1,
        "update aws_ec2_instance_state": 6,
      });
      expect(stopped(lost).map((ip) => ip.slice(0, 7))).toEqual(Array(3).fill("172.33."));
      expect(lost.partitions.london).toBe(`${WHOLE("3 of 6")} (predicted)`);
    });
  });

  describe("three-regions", () => {
    it.each([
      ["london-down", "172.32.", 3],
      ["paris-down", "172.33.", 6],
      ["ireland-down", "172.30.", 6],
    ])(
      "%s: stops that region's three hosts, starts the last fault's, and changes nothing else",
      (fault, net, changes) => {
        const step = story("three-regions").steps[fault];
        expect(step.changes).toMatchObject({ "update aws_ec2_instance_state": changes });
        expect(stopped(step).map((ip) => ip.slice(0, 7))).toEqual(Array(3).fill(net));
        const [lost] = fault.split("-");
        for (const region of ["london", "paris", "ireland"]) {
          expect(step.partitions[region]).toBe(
            region === lost ? "all nodes down (predicted)" : `${WHOLE("6 of 9")} (predicted)`,
          );
        }
      },
    );
  });
});
