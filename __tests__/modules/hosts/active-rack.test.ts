import { A882, filesOf, PLANNED } from "../../templates/support/nodes";

function errorOf(
  activeRack: number,
  {
    version = "8.1.2.5",
    plannedNodes = PLANNED,
  }: { version?: string; plannedNodes?: readonly string[] } = {},
): string {
  try {
    filesOf({ ...A882, plannedNodes, namespace: { ...A882.namespace, activeRack } }, { version });
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
}

describe("an active rack", () => {
  it.each([0, 32, 33])("may be %d, of a server that knows it", (rack) => {
    expect(errorOf(rack)).toBe("none");
    expect(errorOf(rack, { version: "7.2.0.20" })).toBe("none");
  });

  it("fails as rack 0, which would turn it off, with what to do", () => {
    const plannedNodes = ["A882", "A600@32", "A517", "A352@32"];
    expect(errorOf(0, { plannedNodes })).toMatch(
      /rack 0 cannot be the active one: got 0.*Give the nodes of rack 0 a rack id that no rack has/s,
    );
    expect(errorOf(32, { plannedNodes })).toBe("none");
  });

  it("fails as a rack that no node is in", () => {
    expect(errorOf(34)).toMatch(/a rack that no node is in: got 34.*one of 33, 32/s);
  });

  it.each([-1, 1.5, 1_000_001])("fails as %d, which is no rack's id", (rack) => {
    expect(errorOf(rack)).toContain("namespace.activeRack");
  });

  it("fails on a server below 7.2", () => {
    expect(errorOf(32, { version: "7.1.0.25" })).toMatch(/needs a server that knows it.*7\.2 or later/s);
  });

  it("fails with more racks than copies, a tie-breaker's among them", () => {
    expect(errorOf(32, { plannedNodes: [...PLANNED, "A31@31"] })).toMatch(
      /more racks than copies.*3 racks \(33, 32, 31\), replicationFactor 2.*tie-breaker counts/s,
    );
  });
});
