import { stretch } from "../support";

describe("stretch heal", () => {
  it.each([
    ["no stack where no playground runs", ["heal", "--port", "39990"], /No playground runs on port 39990/],
    [
      "traces without their stack",
      ["status", "--region", "eu-west-2"],
      /--region was given without --traces/,
    ],
    ["a region that is none", ["heal", "mine", "--region", "London"], /Expected an AWS region/],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, out, err } = await stretch(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
