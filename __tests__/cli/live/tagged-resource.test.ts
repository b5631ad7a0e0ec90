import { lifetime, ownTags, ownerOf, stackOf } from "../../../cli/live/tagged-resource";

const NOW = Date.parse("2030-01-31T12:00:00Z");
const tagged = (tags: Record<string, string>) => ({ tags });

describe("the lifetime of a resource", () => {
  it.each([
    ["2030-01-31T11:59:59Z", "expired"],
    ["2030-01-31T12:00:00Z", "expired"],
    ["2030-01-31T12:00:01Z", "current"],
    ["2030-01-31T13:00:00+02:00", "expired"],
    ["2028-02-29T00:00:00Z", "expired"],
    ["2030-01-31T11:59:59", "unreadable"],
    ["2026-02-30T00:00:00Z", "unreadable"],
    ["2027-02-29T00:00:00Z", "unreadable"],
    ["2026-13-01T00:00:00Z", "unreadable"],
    ["2026-01-01T25:00:00Z", "unreadable"],
    ["2029", "unreadable"],
    ["never", "unreadable"],
    ["", "unreadable"],
  ])("with the tag expires %p is %s", (expires, expected) => {
    expect(lifetime(tagged({ expires }), NOW)).toBe(expected);
  });

  it("has no end without the tag", () => {
    expect(lifetime(tagged({}), NOW)).toBe("without end");
  });
});

describe("whose a resource is", () => {
  it.each([
    [{ "cdktf-stretch-cluster": "even-split/1a2b" }, "even-split"],
    [{ "cdktf-stretch-cluster": "a/b/1a2b" }, "a/b"],
    [{ "cdktf-stretch-cluster": "even-split" }, undefined],
    [{ scenario: "even-split", expires: "2021-01-01T00:00:00Z" }, undefined],
  ])("by the tags %p is the stack %p's", (tags, stack) => {
    expect(stackOf(tagged(tags as Record<string, string>))).toBe(stack);
  });

  it("is nobody's without an owner", () => {
    expect([ownerOf(tagged({ owner: "ann" })), ownerOf(tagged({}))]).toEqual(["ann", "unknown"]);
  });
});

describe("the tags of what the command makes", () => {
  it("tell the stack, and until when it is no leftover", () => {
    const made = tagged(ownTags("even-split", "stretch-1", NOW + 1000));
    expect(stackOf(made)).toBe("even-split");
    expect(lifetime(made, NOW)).toBe("current");
    expect(lifetime(made, NOW + 1000)).toBe("expired");
  });
});
