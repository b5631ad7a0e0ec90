/** One line of aerospike.conf: a setting with its values, or a block with its name's parts and its lines. */
export interface ConfEntry {
  readonly words: readonly string[];
  readonly block?: readonly ConfEntry[];
}

/**
 * The lines of an aerospike.conf as a tree. Like the server's parser: `#` begins a comment, a brace ends its line.
 * @throws Error for a line that the server would refuse by its form
 */
export function parseConf(text: string): ConfEntry[] {
  const stack: { words: string[]; block: ConfEntry[] }[] = [{ words: [], block: [] }];
  text.split("\n").forEach((raw, index) => {
    const at = `line ${index + 1}: ${raw}`;
    if (raw.length > 1024) throw new Error(`${at}: longer than 1024 characters`);
    const words = raw.replace(/#.*$/, "").trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) return;
    if (words[0] === "}") {
      if (words.length > 1 || stack.length === 1) throw new Error(at);
      const { words: name, block } = stack.pop()!;
      stack.at(-1)!.block.push({ words: name, block });
    } else if (words.at(-1) === "{") {
      stack.push({ words: words.slice(0, -1), block: [] });
    } else {
      if (words.length < 2 || words.includes("{") || words.includes("}")) throw new Error(at);
      stack.at(-1)!.block.push({ words });
    }
  });
  if (stack.length > 1) throw new Error(`block ${stack.at(-1)!.words.join(" ")} has no end`);
  return stack[0].block;
}
