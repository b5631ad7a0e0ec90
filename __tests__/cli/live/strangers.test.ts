import { type Ec2Found, heldBack } from "../../../cli/live/strangers";

function thing(kind: string, id: string, within: string[] = [], more: Partial<Ec2Found> = {}): Ec2Found {
  return { kind, id, within, tags: {}, parts: [], serves: [], ...more };
}

const VPC = thing("VPC", "vpc-1", ["vpc-1"]);
const SUBNET = thing("subnet", "subnet-1", ["vpc-1"]);
const HOST = thing("instance", "i-1", ["vpc-1", "subnet-1"], { parts: ["vol-1"] });
const VOLUME = thing("volume", "vol-1");
const ACL = thing("network ACL", "acl-1", ["vpc-1"], { serves: ["subnet-1"] });
const ALL = [VPC, SUBNET, HOST, VOLUME, ACL];
const inside = (...things: Ec2Found[]) => [SUBNET, HOST, ACL, ...things];

describe("what others have a part in", () => {
  it("is nothing where all in a VPC goes, its interfaces with the endpoints and gateways that they are of", () => {
    const nat = thing("NAT gateway", "nat-1", ["vpc-1"], { parts: ["eni-1", "eipalloc-1"] });
    const eni = thing("network interface", "eni-1", ["vpc-1", "subnet-1"]);
    expect(heldBack([...ALL, nat], inside(nat, eni))).toEqual(new Map());
  });

  it.each<[string, Ec2Found]>([
    ["a host of another's", thing("instance", "i-2", ["vpc-1", "subnet-2"])],
    ["a subnet of another's", thing("subnet", "subnet-2", ["vpc-1"])],
    ["an interface of a load balancer", thing("network interface", "eni-9", ["vpc-1", "subnet-1"])],
    ["a peering connection of another's", thing("peering connection", "pcx-9", ["vpc-1", "vpc-9"])],
  ])("is all of a VPC with %s, and what is attached to its hosts", (_, stranger) => {
    const held = heldBack(ALL, inside(stranger));
    expect([...held.keys()].sort()).toEqual(["acl-1", "i-1", "subnet-1", "vol-1", "vpc-1"]);
    expect(held.get("vpc-1")).toBe(`in VPC vpc-1 is what stays: ${stranger.kind} ${stranger.id}`);
    expect(held.get("vol-1")).toBe("instance i-1 has it and stays");
  });

  it("is a peering connection of it, and so what is at its other end", () => {
    const peering = thing("peering connection", "pcx-1", ["vpc-1", "vpc-2"]);
    const other = thing("VPC", "vpc-2", ["vpc-2"]);
    const stranger = thing("instance", "i-2", ["vpc-1"]);
    const held = heldBack([...ALL, peering, other], inside(peering, stranger));
    expect(held.has("pcx-1")).toBe(true);
    expect(held.get("vpc-2")).toBe("in VPC vpc-2 is what stays: peering connection pcx-1");
  });

  it("is not what is beside ours in a VPC that is the user's own, but what is in a subnet of ours", () => {
    const ours = [SUBNET, HOST, ACL];
    const beside = thing("instance", "i-2", ["vpc-1", "subnet-2"]);
    expect(heldBack(ours, inside(beside)).size).toBe(0);
    const within = thing("instance", "i-2", ["vpc-1", "subnet-1"]);
    expect([...heldBack(ours, inside(within)).keys()].sort()).toEqual(["acl-1", "i-1", "subnet-1"]);
  });

  it("is what shares an interface by a security group of ours, or a subnet by an ACL", () => {
    const group = thing("security group", "sg-1", ["vpc-1"]);
    const eni = thing("network interface", "eni-9", ["vpc-1", "subnet-9", "sg-1"]);
    expect([...heldBack([group], [group, eni]).keys()]).toEqual(["sg-1"]);
    const shared = { ...ACL, serves: ["subnet-1", "subnet-9"] };
    expect(heldBack([SUBNET, shared], [SUBNET, shared]).get("acl-1")).toContain("subnet subnet-9");
  });

  it("is an address of a gateway that stays", () => {
    const nat = thing("NAT gateway", "nat-1", ["vpc-1"], { parts: ["eipalloc-1"] });
    const held = heldBack([thing("elastic IP address", "eipalloc-1")], [nat]);
    expect(held.get("eipalloc-1")).toBe("NAT gateway nat-1 has it and stays");
  });
});
