import { createHash } from "node:crypto";
import { join } from "node:path";
import { fixtures, stretch } from "../support";

const even = ["--topology", join(fixtures, "even-split.yaml")];

describe("stretch where", () => {
  it("tells digest, partition and replicas of integer, negative, string and blob keys", async () => {
    const { code, out } = await stretch(["where", "1", "-1", "paris-1", "x'00ff10'", ...even]);
    expect(code).toBe(0);
    expect(out).toMatch(/^1 +\|318c861089d117b9ab4a223b9643066e1933e559\| +3121\|A517, A129$/m);
    expect(out).toMatch(/^-1 +\|310bc460a8710e871d157ed49c27bc3abce981f0\|/m);
    expect(out).toMatch(/^paris-1 +\|066b20fe5e50962ea1418d6a345434753fb05979\|/m);
    expect(out).toMatch(/^x'00ff10'\|b1530ef50be28b1da7ccfa7fdf0e5e53871e79f3\|/m);
    expect(out).toContain("Predicted by the model, within what was checked");
  });

  it("takes another set, none, and a string of digits in quotes", async () => {
    expect((await stretch(["where", "7", "--set", "", ...even])).out).toMatch(
      /a868688e13d4ed1df11276488b96e415d0321a71/,
    );
    const [number, text] = [await stretch(["where", "7", ...even]), await stretch(["where", '"7"', ...even])];
    const digestOf = (out: string) => /[0-9a-f]{40}/.exec(out)![0];
    expect(digestOf(number.out)).not.toBe(digestOf(text.out));
  });

  it("tells who serves the key in a fault, from each side", async () => {
    const { out } = await stretch(["where", "1", "--fault", "split", ...even]);
    expect(out).toMatch(/\|from eu-west-2 +\|from eu-west-3$/m);
    expect(out).toMatch(/\|nobody: 11 in running clients, -8 in new ones\|A517, A70$/m);
  });

  it("tells that nobody serves where every node is down", async () => {
    const { code, out } = await stretch(["where", "1", "--fault", "all-down", ...even]);
    expect(code).toBe(0);
    expect(out).toMatch(/\|A517, A129\nEvery node is down in fault "all-down": nobody serves them\.$/m);
    expect(out).toContain("beyond what was checked against a real cluster: every node down.");
  });

  it("tells from each side which owners refuse new clients", async () => {
    const { out } = await stretch(["where", "1", "even-split", "--fault", "one-way"]);
    expect(out).toMatch(/\|from London +\|from Paris$/m);
    expect(out).toMatch(/\|(A\dB\d+, A\dB\d+); A\dB33 refuses new clients\|\1$/m);
  });

  it("tells what clients beside orphans get: 11 once those have blocked, -8 where they cannot ask an old owner", async () => {
    const { out } = await stretch(["where", "1", ...even, "--fault", "one-link-left"]);
    expect(out).toMatch(/from eu-west-3 *\|from eu-west-2/);
    expect(out).toMatch(/\|A\d+, A\d+ *\|nobody: 11 in running clients, -8 in new ones/);
  });

  it("takes a last word that names a scenario for the scenario", async () => {
    const { code, out } = await stretch(["where", "1", "even-split", "--fault", "split"]);
    expect(code).toBe(0);
    expect(out).toMatch(/from London +\|from Paris/);
  });

  it("takes x'' for the blob without bytes, and what is like a blob, in double quotes, for a string", async () => {
    const { out } = await stretch(["where", "x''", `"x'0'"`, "x'", ...even]);
    const ripemd = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash("ripemd160")).digest("hex");
    expect(out).toContain(`\nx''   |${ripemd("dummy", Buffer.of(4))}|`);
    expect(out).toContain(`\n"x'0'"|${ripemd("dummy", Buffer.of(3), "x'0'")}|`);
    expect(out).toContain(`\nx'    |${ripemd("dummy", Buffer.of(3), "x'")}|`);
  });

  it.each(["x'0'", "X'00f'", "x'zz'", "x'00 ff'"])("fails on %s, which is not whole bytes", async (key) => {
    const { code, err } = await stretch(["where", key, ...even]);
    expect(code).toBe(2);
    expect(err).toBe(
      `stretch: The key ${key} is no blob: expected two hexadecimal digits a byte between the quotes, such as x'00ff'. For the string write '"${key}"'.`,
    );
  });

  it("fails on an integer of more than 64 bits", async () => {
    const { code, err } = await stretch(["where", "99999999999999999999", ...even]);
    expect(code).toBe(2);
    expect(err).toMatch(/99999999999999999999 is not valid: an integer key has 64 bits/);
  });
});
