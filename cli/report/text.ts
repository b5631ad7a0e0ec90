/**
 * A text in lines of at most `width` characters: broken between words, within a longer word after a comma, else where the
 * line ends.
 *
 * @param indent what lines after the first begin with
 */
export function wrapped(text: string, width: number, indent = ""): string {
  const room = Math.max(1, width - indent.length);
  return text
    .split("\n")
    .map((paragraph) => {
      const lines = [""];
      for (const piece of paragraph.split(/(?<= )/).flatMap((word) => broken(word, room))) {
        const line = lines[lines.length - 1];
        if (line === "" || (line + piece).trimEnd().length <= width) lines[lines.length - 1] = line + piece;
        else lines.push(indent + piece);
      }
      return lines.map((line) => line.trimEnd()).join("\n");
    })
    .join("\n");
}

/** A word as it is, or in pieces of at most `room` characters. */
function broken(word: string, room: number): string[] {
  if (word.trimEnd().length <= room) return [word];
  return word.split(/(?<=,)/).flatMap((part) => part.match(new RegExp(`.{1,${room}}`, "g"))!);
}
