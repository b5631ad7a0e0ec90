import { all, type Answer, type Decided, decidedByOneOf } from "./answer";
import { type Block, blockText, holds } from "./block";
import type { Facts, Host, OneOf, Ports, Subnet } from "./facts";
import { type Candidates, type Is, Network } from "./network";
import { aclAnswer } from "./network-acl";
import { arePeered, routeAnswer } from "./route";
import { groupsAnswer } from "./security-group";
import { areReferable } from "./transit";
import type { End } from "./way";

/** Ports that answers come back to: a client's own, of any system. */
export const REPLY_PORTS: Ports = { from: 1024, to: 65535 };

/** A Linux client's own ports (`net.ipv4.ip_local_port_range`): without any of them nothing comes back. */
const LINUX_PORTS: Ports = { from: 32768, to: 60999 };

/** What a step is about. */
export type StepKind =
  | "hosts run"
  | "egress group"
  | "ACL out"
  | "route"
  | "ACL in"
  | "ingress group"
  | "route of replies"
  | "ACL out of replies"
  | "ACL in of replies";

/** One of what a connection has to pass, with the rule that decides. */
export interface Step extends Decided {
  readonly kind: StepKind;
}

/** Whether one host opens a TCP connection to another. */
export interface Reachability {
  readonly answer: Answer;
  /** What it has to pass, in the order in which the packets meet it. */
  readonly steps: readonly Step[];
}

/** Hosts that all rules treat alike. */
export interface HostClass {
  readonly id: number;
  readonly hosts: readonly Host[];
}

/** Who reaches whom, by the facts. Hosts that all rules treat alike are asked for once. */
export class Reach {
  private readonly network: Network;
  private readonly ids = new Map<Host, number>();
  private readonly answers = new Map<string, Reachability>();
  /** All hosts, those together that all rules treat alike. */
  readonly classes: readonly HostClass[];

  constructor(readonly facts: Facts) {
    this.network = new Network(facts);
    this.classes = this.classified();
    for (const { id, hosts } of this.classes) for (const host of hosts) this.ids.set(host, id);
  }

  /** The class of a host. */
  classOf(host: Host): HostClass {
    return this.classes[this.ids.get(host)!];
  }

  /**
   * Whether a host opens a TCP connection to a port of another.
   *
   * @param from one of the facts' hosts
   * @param to another one
   */
  reaches(from: Host, to: Host, port: number): Reachability {
    const key = `${this.ids.get(from)} ${this.ids.get(to)} ${port}`;
    let answer = this.answers.get(key);
    if (answer === undefined) this.answers.set(key, (answer = this.asked(from, to, port)));
    return answer;
  }

  private asked(from: Host, to: Host, port: number): Reachability {
    const starts = this.ends(from);
    const ends = this.ends(to);
    const each = starts.flatMap((start) => ends.map((end) => this.between(from, start, to, end, port)));
    const kinds = [...new Set(each.flatMap((steps) => steps.map(({ kind }) => kind)))];
    // Where a host may be in several subnets, each step is answered by all; the whole may be known all the same.
    const steps = kinds.map((kind) => ({
      kind,
      ...decidedByOneOf(
        each.map(
          (steps) => steps.find((step) => step.kind === kind) ?? { answer: "open", by: "the same subnet" },
        ),
      ),
    }));
    const answers = each.map((steps) => all(steps.map(({ answer }) => answer)));
    return { answer: decidedByOneOf(answers.map((answer) => ({ answer, by: "" }))).answer, steps };
  }

  private between(from: Host, start: End, to: Host, end: End, port: number): Step[] {
    const { network } = this;
    const there: Ports = { from: port, to: port };
    const groups = [from, to].map((host, i) => host.groups ?? this.defaultGroups([start, end][i].subnet));
    const nameable = this.nameable(start, end);
    const other = (i: number) => ({ address: [start, end][i].address, groups: groups[i], nameable });
    const sameSubnet = start.subnet !== undefined && start.subnet === end.subnet;
    const acl = (at: End, egress: boolean, with_: End, ports: Ports) =>
      this.acl(at.subnet, { egress, other: with_.address, ports });
    const replies = (at: End, egress: boolean, with_: End) => {
      const linux = acl(at, egress, with_, LINUX_PORTS);
      return linux.answer === "closed" ? linux : acl(at, egress, with_, REPLY_PORTS);
    };
    const steps: (Step | false)[] = [
      { kind: "hosts run", ...this.run(from, to) },
      { kind: "egress group", ...groupsAnswer(network, groups[0], true, port, other(1)) },
      !sameSubnet && { kind: "ACL out", ...acl(start, true, end, there) },
      { kind: "route", ...routeAnswer(network, start, end) },
      !sameSubnet && { kind: "ACL in", ...acl(end, false, start, there) },
      { kind: "ingress group", ...groupsAnswer(network, groups[1], false, port, other(0)) },
      { kind: "route of replies", ...routeAnswer(network, end, start) },
      !sameSubnet && { kind: "ACL out of replies", ...replies(end, true, start) },
      !sameSubnet && { kind: "ACL in of replies", ...replies(start, false, end) },
    ];
    return steps.filter((step) => step !== false);
  }

  private run(...hosts: readonly Host[]): Decided {
    const down = hosts.find(({ runs }) => runs === "no");
    if (down) return { answer: "closed", by: down.runsBy ?? down.id };
    const unknown = hosts.find(({ runs }) => runs === "unknown");
    if (unknown) return { answer: "unknown", by: unknown.runsBy ?? unknown.id };
    return { answer: "open", by: "both run" };
  }

  private acl(subnet: Subnet | undefined, packets: Parameters<typeof aclAnswer>[2]): Decided {
    if (subnet === undefined) return { answer: "unknown", by: "a subnet that is not told of" };
    return decidedByOneOf(this.network.aclsOf(subnet).map((id) => aclAnswer(this.network, id, packets)));
  }

  private defaultGroups(subnet: Subnet | undefined): readonly OneOf[] {
    const groups = this.network.defaultGroupsOf(subnet);
    return [groups.includes(undefined) ? [] : (groups as string[])];
  }

  /** Whether rules of groups at one end may name groups of the other. */
  private nameable({ vpc: one }: End, { vpc: other }: End): Is {
    if (one === undefined || other === undefined) return "maybe";
    if (one === other) return "yes";
    const [here, there] = [one, other].map((id) => this.network.vpcsOf([id])[0]?.region);
    if (here !== undefined && there !== undefined && here !== there) return "no";
    const [peered, referable] = [arePeered(this.network, one, other), areReferable(this.network, one, other)];
    if (peered === "no" && referable === "no") return "no";
    const joined = peered === "yes" || referable === "yes";
    return joined && here !== undefined && here === there ? "yes" : "maybe";
  }

  /** Where a host may be. */
  private ends(host: Host): End[] {
    const subnets: Candidates<Subnet> = this.network.subnetsOf(host);
    return subnets.flatMap((subnet) => {
      const vpcs = subnet === undefined || subnet.vpc.length === 0 ? [undefined] : subnet.vpc;
      return vpcs.map((vpc) => ({ subnet, vpc, address: host.address ?? subnet?.block }));
    });
  }

  private classified(): HostClass[] {
    const { routes, transitRoutes, aclRules, groupRules, lists, vpcs, subnets, hosts } = this.facts;
    const blocks = new Map<string, Block>();
    const add = (block: Block | undefined) => block && blocks.set(blockText(block), block);
    for (const { destination } of routes)
      add(destination && "first" in destination ? destination : undefined);
    for (const { destination } of transitRoutes) add(destination);
    for (const { block } of [...aclRules, ...subnets]) add(block);
    for (const each of [...groupRules, ...lists, ...vpcs]) each.blocks.forEach(add);
    const classes = new Map<string, Host[]>();
    for (const host of hosts) {
      const { address, subnet, groups, runs = "yes", runsBy } = host;
      const inside = address
        ? [...blocks].flatMap(([text, block]) => (holds(block, address) === "all" ? [text] : []))
        : "anywhere";
      const key = JSON.stringify([
        subnet,
        groups ?? "default",
        runs === "yes" || (runsBy ?? host.id),
        inside,
      ]);
      const members = classes.get(key);
      if (members) members.push(host);
      else classes.set(key, [host]);
    }
    return [...classes.values()].map((members, id) => ({ id, hosts: members }));
  }
}
