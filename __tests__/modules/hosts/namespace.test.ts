import { assertNamespace } from "../../../modules/hosts/namespace";
import { errorOf } from "../../support/errors";

const NAMESPACE = { name: "mydata", replicationFactor: 2, strongConsistency: true };

describe("a namespace", () => {
  it("may have more copies than nodes in availability mode, where the server lowers them", () => {
    expect(() =>
      assertNamespace({ ...NAMESPACE, strongConsistency: false, replicationFactor: 9 }, 6),
    ).not.toThrow();
  });

  it.each(["", "a".repeat(32), "my data", "my:data", "my;data", "null", "dätä"])(
    'fails for the name "%s"',
    (name) => {
      expect(errorOf(() => assertNamespace({ ...NAMESPACE, name }, 6))).toContain(
        "namespace.name is malformed",
      );
    },
  );

  it("fails for more copies than nodes under strong consistency, which then could serve nothing", () => {
    const message = errorOf(() => assertNamespace({ ...NAMESPACE, replicationFactor: 4 }, 3));
    expect(message).toContain("got 4; expected at most 3");
  });

  it.each([0, -1, 1.5, 257])("fails for %d copies", (replicationFactor) => {
    expect(errorOf(() => assertNamespace({ ...NAMESPACE, replicationFactor }, 300))).toContain(
      "replicationFactor",
    );
  });
});
