import { expiredTable } from "../../../cli/report/sweep";
import { stretch } from "../support";

describe("stretch sweep", () => {
  it("shows what expired, whose it is and since when", () => {
    const tags = { expires: "2030-01-01T00:00:00Z", Name: "london" };
    const row = { region: "eu-west-2", kind: "VPC", id: "vpc-1", stack: "even-split", owner: "ann", tags };
    const text = expiredTable([row]);
    expect(text).toContain("Expired (1)");
    expect(text).toMatch(
      /eu-west-2 *\| *VPC *\| *vpc-1 *\| *london *\| *even-split *\| *ann *\| *2030-01-01/,
    );
  });

  it.each([
    ["a region that is none", ["mine", "--region", "London"], /'London' is invalid. Expected an AWS region/],
    ["--yes without --owner", ["--destroy", "--yes"], /--yes was given without --owner/],
    ["--destroy without a terminal to confirm on", ["--destroy", "--owner", "ann"], /give --yes and --owner/],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, out, err } = await stretch(["sweep", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
