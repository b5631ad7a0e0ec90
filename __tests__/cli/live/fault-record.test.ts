import { lineOf, linesOf } from "../../../cli/live/fault-record";

describe("a line of the record of a stack's faults", () => {
  it("tells an entry of a network ACL to the letter", () => {
    expect(lineOf("deny acl-1 12 out 10.33.0.0/16 3001-3002 split")).toEqual({
      kind: "deny",
      acl: "acl-1",
      number: 12,
      egress: true,
      cidr: "10.33.0.0/16",
      ports: { from: 3001, to: 3002 },
      fault: "split",
    });
    expect(lineOf("deny acl-1 1 in 10.33.0.0/16 all split")).toMatchObject({
      egress: false,
      ports: undefined,
    });
  });

  it("stands in a text with others, which in HCL ends with a line break", () => {
    const hosts = [{ kind: "host", instance: "i-1", fault: "down" }];
    expect(linesOf("host i-1 down")).toEqual(hosts);
    expect(linesOf("host i-1 down\nschedules stretch-1\n")).toEqual([
      ...hosts,
      { kind: "schedules", group: "stretch-1" },
    ]);
  });

  it("tells hosts, schedules, and what a fault takes away", () => {
    expect(lineOf("host i-1 down")).toEqual({ kind: "host", instance: "i-1", fault: "down" });
    expect(lineOf("schedules stretch-1")).toEqual({ kind: "schedules", group: "stretch-1" });
    expect(lineOf("route rtb-1 10.0.0.0/8 pcx-1 no-route")).toMatchObject({
      table: "rtb-1",
      peering: "pcx-1",
    });
    expect(lineOf("ingress sg-1 3000-3003 0.0.0.0/0 edit")).toMatchObject({
      group: "sg-1",
      ports: { from: 3000, to: 3003 },
    });
  });

  it.each(["", "deny acl-1 1 in", "lock x"])("fails for %p, which no version wrote", (text) => {
    expect(() => lineOf(text)).toThrow(`a line that this version does not know: "${text}"`);
  });
});
