import { stripVTControlCharacters } from "node:util";
import CliTable3 from "cli-table3";
import type { Terminal } from "./terminal";
import { wrapped } from "./text";

export type Cell = string | number;

/**
 * A table in the manner of asadm: a title over the columns, bars between them, numbers to the right. Where it is wider than
 * the terminal its widest columns are narrowed, and their texts go on in lines below.
 */
export function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { columns }: Pick<Terminal, "columns">,
): string {
  const bare = { top: "", bottom: "", left: "", right: "", mid: "", middle: "|" };
  const corners = Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((corner) => [`${side}${corner}`, ""]),
    ),
  );
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = narrowed(
    head.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column])))),
    columns - (head.length - 1),
  );
  const [shownHead, ...shownRows] = lines.map((line) =>
    line.map((cell, column) => (widthOf(cell) <= widths[column] ? cell : wrapped(cell, widths[column]))),
  );
  const made = new CliTable3({
    head: shownHead,
    chars: { ...corners, ...bare },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((_, column) =>
      rows.some((row) => typeof row[column] === "number") ? "right" : "left",
    ),
  });
  made.push(...shownRows);
  const body = made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const width = Math.max(title.length, widthOf(body.join("\n")));
  const left = Math.floor((width - title.length) / 2);
  return ["~".repeat(left) + title + "~".repeat(width - title.length - left), ...body].join("\n");
}

/** Characters of the longest line that are shown. */
function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => stripVTControlCharacters(line).length));
}

/** Widths of columns that have room: the widest give way first. */
function narrowed(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  for (; over > 0; over--) {
    const widest = Math.max(...widths);
    if (widest <= 1) break;
    widths[widths.indexOf(widest)]--;
  }
  return widths;
}
