import { stripVTControlCharacters } from "node:util";
import CliTable3 from "cli-table3";

export type Cell = string | number;

/** A table in the manner of asadm: a title over the columns, bars between them, numbers to the right. */
export function table(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const bare = { top: "", bottom: "", left: "", right: "", mid: "", middle: "|" };
  const corners = Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((corner) => [`${side}${corner}`, ""]),
    ),
  );
  const made = new CliTable3({
    head: [...head],
    chars: { ...corners, ...bare },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((_, column) =>
      rows.some((row) => typeof row[column] === "number") ? "right" : "left",
    ),
  });
  made.push(...rows.map((row) => row.map(String)));
  const body = made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const width = Math.max(title.length, ...body.map((line) => stripVTControlCharacters(line).length));
  const left = Math.floor((width - title.length) / 2);
  return ["~".repeat(left) + title + "~".repeat(width - title.length - left), ...body].join("\n");
}
