import { PassThrough } from "node:stream";
import { confirm } from "../../../cli/commands/confirm";

async function typed(text: string): Promise<{ yes: boolean; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = confirm("Type it: ", "123456789012", input, output);
  input.end(text);
  const yes = await answer;
  return { yes, shown: String(output.read()) };
}

describe("a confirmation", () => {
  it("is the word that is asked for", async () => {
    expect(await typed("123456789012\n")).toEqual({ yes: true, shown: expect.stringContaining("Type it: ") });
  });

  it.each(["y\n", "yes\n", "\n", "123456789013\n", ""])("is not %p", async (text) => {
    expect((await typed(text)).yes).toBe(false);
  });

  it("is not Ctrl-C on a terminal, of which the process is told as of a signal", async () => {
    const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })];
    const signalled = new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
    const answer = confirm("Type it: ", "123456789012", input, output);
    input.write("1234\x03");
    expect(await answer).toBe(false);
    await signalled;
  });
});
