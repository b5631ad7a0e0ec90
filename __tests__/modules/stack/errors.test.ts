import { App, TerraformStack } from "cdktf";
import { ModelError } from "../../../model";
import { InputError, reportInputErrors } from "../../../modules";

describe("a mistake in the input", () => {
  let printed: string[];
  beforeEach(() => {
    printed = [];
    jest.spyOn(console, "error").mockImplementation((line) => void printed.push(String(line)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  });

  it("is told with the value, what was expected and the mend, without a stack", () => {
    reportInputErrors(() => {
      throw new InputError({ problem: "x is odd", value: 3, expected: "an even number", mend: "Add one." });
    });
    expect(printed).toEqual(["x is odd: got 3; expected an even number. Add one."]);
    expect(process.exitCode).toBe(1);
  });

  it("is told as it was given, a number that is none too", () => {
    const error = new InputError({
      problem: "x",
      value: Number.NaN,
      expected: "a number",
      mend: "Give one.",
    });
    expect(error.message).toContain("got NaN;");
  });

  it("is told alike where it is found at synth", () => {
    reportInputErrors(() => {
      const app = new App({ outdir: "/nowhere" });
      new TerraformStack(app, "stack").node.addValidation({ validate: () => ["x is odd"] });
      app.synth();
    });
    expect(printed.join("\n")).toContain("[stack] x is odd");
    expect(process.exitCode).toBe(1);
  });

  it("is told alike where the model refuses the cluster", () => {
    reportInputErrors(() => {
      throw new ModelError("a cluster of 300 nodes");
    });
    expect(printed).toEqual(["a cluster of 300 nodes"]);
  });

  it("fails with its stack where it is no mistake in the input", () => {
    const run = () => reportInputErrors(() => JSON.parse("{"));
    expect(run).toThrow(SyntaxError);
  });
});
