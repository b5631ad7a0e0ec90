import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../cli/cli";

export const fixtures = join(__dirname, "..", "fixtures");

// Without a cdktf.json the scenarios are the package's own, and each is synthesised in this process.
const [home, empty] = [process.cwd(), mkdtempSync(join(tmpdir(), "stretch-cli-"))];
beforeAll(() => process.chdir(empty));
afterAll(() => {
  process.chdir(home);
  rmSync(empty, { recursive: true, force: true });
});

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs `stretch` in this process, its output kept; no terminal unless asked for. */
export async function stretch(args: readonly string[], colour = false, columns = 80): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, {
    colour,
    columns,
    print: (text) => out.push(text),
    complain: (text) => err.push(text),
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
