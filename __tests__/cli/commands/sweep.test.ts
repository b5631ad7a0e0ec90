import { lifetime } from "../../../cli/live/tagged-resource";
import { expiredTable } from "../../../cli/report/sweep";
import { stretch } from "../support";

const NOW = Date.parse("2030-01-31T12:00:00Z");
const tagged = (expires?: string) => ({
  region: "eu-west-2",
  kind: "VPC",
  id: "vpc-1",
  tags: (expires === undefined ? {} : { expires }) as Record<string, string>,
});

describe("the lifetime of a resource", () => {
  it.each([
    ["2030-01-31T11:59:59Z", "expired"],
    ["2030-01-31T12:00:00Z", "expired"],
    ["2030-01-31T12:00:01Z", "current"],
    ["2030-01-31T13:00:00+02:00", "expired"],
    ["2029", "unreadable"],
    ["never", "unreadable"],
    ["", "unreadable"],
    [undefined, "unreadable"],
  ])("with the tag expires %p is %s", (expires, expected) => {
    expect(lifetime(tagged(expires), NOW)).toBe(expected);
  });
});

describe("stretch sweep", () => {
  it("shows what expired, whose it is and since when", () => {
    const tags = { scenario: "even-split", owner: "ann", expires: "2030-01-01T00:00:00Z", Name: "london" };
    const text = expiredTable([{ region: "eu-west-2", kind: "VPC", id: "vpc-1", tags }]);
    expect(text).toContain("Expired (1)");
    expect(text).toMatch(
      /eu-west-2 *\| *VPC *\| *vpc-1 *\| *london *\| *even-split *\| *ann *\| *2030-01-01/,
    );
  });

  it.each([
    ["a scenario that is none", ["bogus"], /no scenario "bogus": expected one of even-split/],
    ["a region that is none", ["mine", "--region", "London"], /'London' is invalid. Expected an AWS region/],
    [
      "a region without the tag of its stack",
      ["--region", "eu-west-2"],
      /--region was given without SCENARIO/,
    ],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, out, err } = await stretch(["sweep", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
