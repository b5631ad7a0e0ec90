import fc from "fast-check";
import { type AclRule, type Answer, blockOf, type Facts, type GroupRule, Reach } from "../../reach";
import { seeded } from "../support/seed";
import { aclRule, groupRule, hosts, OPEN, route } from "./support/facts";

const PORTS = [3000, 3001, 3002, 3003];
const BLOCKS = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.2.0.0/16",
  "10.1.1.4",
  "10.2.1.0/28",
  "10.9.0.0/16",
];
const block = fc.option(fc.constantFrom(...BLOCKS).map(blockOf), { nil: undefined, freq: 8 });
const ports = fc.option(
  fc.constantFrom(
    { from: 0, to: 65535 },
    { from: 3000, to: 3003 },
    { from: 3002, to: 3002 },
    { from: 1024, to: 40000 },
  ),
  { nil: undefined, freq: 8 },
);
/** One of two things, or it is not known which. */
const one = (...ids: string[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...ids).map((id) => [id]) },
    { weight: 1, arbitrary: fc.constant(ids) },
  );

const anAclRule: fc.Arbitrary<AclRule> = fc
  .record({
    acl: one("acl-a", "acl-b"),
    egress: fc.boolean(),
    number: fc.integer({ min: 1, max: 9 }),
    allow: fc.boolean(),
    block,
    ports,
  })
  .map(aclRule);
const aGroupRule: fc.Arbitrary<GroupRule> = fc
  .record({
    group: one("sg-a", "sg-b"),
    egress: fc.boolean(),
    ports,
    blocks: fc.array(fc.constantFrom(...BLOCKS).map(blockOf), { maxLength: 2 }),
    groups: fc.array(one("sg-a", "sg-b"), { maxLength: 1 }),
    more: fc.constantFrom(false, false, false, true),
  })
  .map(groupRule);
/** Two peered VPCs with rules of any kind; in about a half of them something is missing or not known yet. */
const someFacts: fc.Arbitrary<Facts> = fc
  .record({
    aclRules: fc.array(anAclRule, { maxLength: 6 }).map((rules) => [...rules, ...OPEN.aclRules]),
    groupRules: fc.array(aGroupRule, { maxLength: 4 }).map((rules) => [...rules, ...OPEN.groupRules]),
    strict: fc.boolean(),
    accepted: fc.constantFrom(true, true, true, false, undefined),
    subnet: one("subnet-a", "subnet-far"),
  })
  .map(({ aclRules, groupRules, strict, accepted, subnet }) => ({
    ...OPEN,
    ...hosts({ a: { subnet }, far: { address: undefined, subnet } }),
    aclRules: strict ? aclRules.slice(0, -4) : aclRules,
    groupRules: strict ? groupRules.slice(0, -4) : groupRules,
    peerings: [{ ...OPEN.peerings[0], accepted }],
  }));

/** All answers of all pairs and ports. */
function answers(facts: Facts): Map<string, Answer> {
  const reach = new Reach(facts);
  return new Map(
    facts.hosts.flatMap((from) =>
      facts.hosts
        .filter((to) => to !== from)
        .flatMap((to) =>
          PORTS.map((port) => [`${from.id} ${to.id} ${port}`, reach.reaches(from, to, port).answer] as const),
        ),
    ),
  );
}

const RANK: Record<Answer, number> = { closed: 0, unknown: 1, open: 2 };

/** Pairs that are nearer to open in the one than in the other. */
function opened(before: Facts, after: Facts): string[] {
  const then = answers(before);
  return [...answers(after)].flatMap(([pair, answer]) =>
    RANK[answer] > RANK[then.get(pair)!] ? [`${pair}: ${then.get(pair)} -> ${answer}`] : [],
  );
}

/** The same facts with the two sides' names and addresses changed for each other. */
function mirrored(facts: Facts): Facts {
  const swap: Record<string, string> = { "-a": "-b", "-b": "-a" };
  const text = JSON.stringify(facts)
    .replace(/(vpc|subnet|sg|acl|rtb)(-a|-b)(?=")/g, (_, kind: string, side: string) => kind + swap[side])
    .replace(/"id":"(a|b)"/g, (_, id: string) => `"id":"${id === "a" ? "b" : "a"}"`);
  const shift = (from: string, to: string) => blockOf(to).first - blockOf(from).first;
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== "object" || value === null) return value;
    if ("first" in value) {
      const { first, last, length } = value as { first: number; last: number; length: number };
      if (length < 16) return value;
      const inside = (text: string) => first >= blockOf(text).first && last <= blockOf(text).last;
      const by = inside("10.1.0.0/16")
        ? shift("10.1.0.0", "10.2.0.0")
        : inside("10.2.0.0/16")
          ? shift("10.2.0.0", "10.1.0.0")
          : 0;
      return { first: first + by, last: last + by, length };
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, move(each)]));
  };
  return move(JSON.parse(text)) as Facts;
}

/** Of two hosts, the same on both sides. */
const twoSides = someFacts.map((facts) => ({
  ...facts,
  hosts: OPEN.hosts.filter(({ id }) => id === "a" || id === "b"),
}));

describe("reachability, whatever the rules", () => {
  it("gives each of two sides what the other has when they change places", () => {
    fc.assert(
      fc.property(twoSides, (facts) => {
        const [one, other] = [answers(facts), answers(mirrored(facts))];
        for (const port of PORTS) {
          expect(other.get(`b a ${port}`)).toBe(one.get(`a b ${port}`));
          expect(other.get(`a b ${port}`)).toBe(one.get(`b a ${port}`));
        }
      }),
      seeded(150),
    );
  });

  it("gives both sides the same where both have the same rules", () => {
    fc.assert(
      fc.property(twoSides, (facts) => {
        const one: Facts = {
          ...facts,
          aclRules: facts.aclRules.filter(({ acl }) => acl.join() === "acl-a"),
          groupRules: facts.groupRules.filter(({ group }) => group.join() === "sg-a"),
        };
        const other = mirrored(one);
        const all = answers({
          ...one,
          aclRules: [...one.aclRules, ...other.aclRules],
          groupRules: [...one.groupRules, ...other.groupRules],
        });
        for (const port of PORTS) expect(all.get(`a b ${port}`)).toBe(all.get(`b a ${port}`));
      }),
      seeded(150),
    );
  });

  it("never opens where an allow is taken away", () => {
    fc.assert(
      fc.property(someFacts, fc.nat(), (facts, n) => {
        const allows = [...facts.aclRules.filter(({ allow }) => allow), ...facts.groupRules];
        fc.pre(allows.length > 0);
        const gone = allows[n % allows.length];
        expect(
          opened(facts, {
            ...facts,
            aclRules: facts.aclRules.filter((rule) => rule !== gone),
            groupRules: facts.groupRules.filter((rule) => rule !== gone),
          }),
        ).toEqual([]);
      }),
      seeded(200),
    );
  });

  it("never opens where a deny is added", () => {
    fc.assert(
      fc.property(someFacts, anAclRule, (facts, rule) => {
        const deny = { ...rule, allow: false, number: 10 * rule.number! };
        expect(opened(facts, { ...facts, aclRules: [...facts.aclRules, deny] })).toEqual([]);
      }),
      seeded(200),
    );
  });

  it("answers with what is known later, where it knew before", () => {
    fc.assert(
      fc.property(someFacts, fc.constantFrom("subnet-a", "subnet-far"), (facts, subnet) => {
        const host = facts.hosts.find(({ id }) => id === "far")!;
        fc.pre(host.subnet.includes(subnet));
        const later = answers({
          ...facts,
          hosts: facts.hosts.map((each) => (each === host ? { ...each, subnet: [subnet] } : each)),
        });
        for (const [pair, answer] of answers(facts)) {
          if (answer !== "unknown") expect([pair, later.get(pair)]).toEqual([pair, answer]);
        }
      }),
      seeded(150),
    );
  });

  it("treats hosts alike that only their addresses tell apart, unless a rule does too", () => {
    const two = { ...OPEN.hosts[0], id: "two", address: blockOf("10.1.1.9") };
    const apart = aclRule({ block: blockOf("10.1.1.9") });
    const classes = (facts: Facts) => new Reach(facts).classes.map((each) => each.hosts.map(({ id }) => id));
    const facts = { ...OPEN, hosts: [OPEN.hosts[0], two] };
    expect(classes(facts)).toEqual([["a", "two"]]);
    expect(classes({ ...facts, aclRules: [...facts.aclRules, apart] })).toEqual([["a"], ["two"]]);
    expect(classes({ ...facts, routes: [...facts.routes, route("rtb-b", "10.1.1.8/29")] })).toEqual([
      ["a"],
      ["two"],
    ]);
  });
});
