import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { programOf } from "../../cli/cli";
import { scenarios } from "../../scenarios";

const root = join(__dirname, "..", "..");
const folder = (path: string) =>
  readdirSync(join(root, path), { withFileTypes: true }).map(({ name }) => join(path, name));
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...folder("docs").filter((path) => path.endsWith(".md")),
  ...folder("examples").map((path) => join(path, "README.md")),
];

/** Commands that are lines of indented code, without prompt and comment. */
const commands = pages.flatMap((page) =>
  readFileSync(join(root, page), "utf8")
    .split("\n")
    .flatMap((line) => /^ {4}(?:\$ )?((?:npx|npm|stretch|cdktf) .*)$/.exec(line)?.[1] ?? [])
    .flatMap((line) => line.replace(/ +#.*$/, "").split(" && "))
    .map((command) => [page, command.trim()] as const),
);

/** Words of a line as a shell reads them. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

const silent = { colour: false, columns: 80, print: () => {}, complain: () => {} };

/** What of a line `stretch` does not know. */
function unknownIn(words: readonly string[]): string[] {
  const subcommand = (command: Command, name: string) => command.commands.find((one) => one.name() === name);
  let command: Command | undefined = subcommand(programOf(silent), words[0]);
  if (command === undefined) return [words[0]];
  if (command.commands.length > 0) command = subcommand(command, words[1]);
  if (command === undefined) return [words[1]];
  return words.filter((word) => word.startsWith("--") && !command.options.some(({ long }) => long === word));
}

describe("the commands of README, docs and examples", () => {
  it("are many", () => expect(commands.length).toBeGreaterThan(60));

  it.each(commands)("%s: %s runs as it is written", (_, command) => {
    const [program, ...words] = wordsOf(command);
    expect(["npm", "npx"]).toContain(program);
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    if (program === "npm" && words[0] === "run") {
      const [name, separator, ...rest] = words.slice(1).filter((word) => word !== "-s");
      expect(Object.keys(scripts)).toContain(name);
      if (name === "stretch") {
        expect([words[1], separator]).toEqual(["-s", "--"]);
        expect(unknownIn(rest)).toEqual([]);
      }
    } else if (program === "npm") {
      expect(["ci", "start", "test", "install", "pack"]).toContain(words[0]);
    } else if (words[0] === "stretch") {
      expect(unknownIn(words.slice(1))).toEqual([]);
    } else if (words[0] === "cdktf") {
      expect(["deploy", "diff", "destroy", "synth"]).toContain(words[1]);
      const stacks = [...scenarios.map(({ name }) => name), "orders", "shop", "NAME"];
      for (const stack of words.slice(2, 3)) expect([...stacks, "--hcl"]).toContain(stack);
    } else expect(words[0]).toBe("jest");
  });
});
