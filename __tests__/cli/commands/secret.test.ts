import { newPassword } from "../../../cli/live/users-secrets";
import { stretch } from "../support";

describe("the passwords of a cluster's users", () => {
  const passwords = Array.from({ length: 150 }, newPassword);

  it("have 32 characters that every tool takes", () => {
    for (const password of passwords) expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it("are never the same", () => {
    expect(new Set(passwords).size).toBe(passwords.length);
  });
});

describe("stretch secret create", () => {
  it.each([
    ["no region", ["users"], /required option '--region <REGION...>' not specified/],
    ["a region that is none", ["users", "--region", "London"], /'London' is invalid. Expected an AWS region/],
    ["a name that Secrets Manager refuses", ["my users", "--region", "eu-west-2"], /'my users' is invalid/],
    ["a name that is too long", ["u".repeat(501), "--region", "eu-west-2"], /at most 500/],
    ["a region given twice", ["users", "--region", "eu-west-2", "eu-west-2"], /Expected each region once/],
    ["a key that is no ARN", ["users", "--region", "eu-west-2", "--kms-key", "foo"], /'foo' is invalid/],
    [
      "a key and replicas",
      [
        "users",
        "--region",
        "eu-west-2",
        "eu-west-3",
        "--kms-key",
        "arn:aws:kms:eu-west-2:123456789012:key/1-a",
      ],
      /--kms-key was given with 2 regions/,
    ],
    ["no name", ["--region", "eu-west-2"], /missing required argument 'NAME'/],
  ])("fails for %s with exit code 2", async (_, args, message) => {
    const { code, out, err } = await stretch(["secret", "create", ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
