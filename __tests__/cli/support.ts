import { join } from "node:path";
import { run } from "../../cli/cli";

export const fixtures = join(__dirname, "..", "fixtures");

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
