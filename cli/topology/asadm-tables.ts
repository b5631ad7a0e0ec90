import { stripVTControlCharacters } from "node:util";

/** A table of asadm's; the time is taken off its title. */
export interface AsadmTable {
  readonly title: string;
  /** A cell by the last line of its column's heading, or what the lines of it say together ("Node ID", "Primary"). */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const TITLE = /^~+([A-Z][^~]*?)(?: \(\d{4}-[^)]*\))?~+$/;

/** The tables in what asadm has printed, as text or by --json, in their order; all else is passed over. */
export function asadmTables(printed: string): AsadmTable[] {
  const text = stripVTControlCharacters(printed);
  return /^\s*\{\s*$/m.test(text) ? jsonTables(text) : textTables(text);
}

function textTables(text: string): AsadmTable[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^Admin\+?> /, ""));
  const tables: AsadmTable[] = [];
  for (let i = 0; i < lines.length; i++) {
    const title = TITLE.exec(lines[i].trim())?.[1].trim();
    if (title === undefined || !lines[i + 1]?.includes("|")) continue;
    const heading = [lines[++i]];
    // Further lines of the heading have nothing in the first column.
    while (/^ +\|/.test(lines[i + 1] ?? "")) heading.push(lines[++i]);
    const rows: string[] = [];
    while (lines[i + 1]?.includes("|")) rows.push(lines[++i]);
    const ends = columnEnds(heading);
    const names = cellsOf(heading, ends);
    tables.push({
      title,
      rows: rows.map((row) => {
        const cells = row.split("|").map((cell) => cell.trim());
        return Object.fromEntries(names.map((name, column) => [name, cells[column] ?? ""]));
      }),
    });
  }
  return tables;
}

/** Where each column ends: at the bars of the line that has most of them, as headings over several columns have fewer. */
function columnEnds(heading: readonly string[]): number[] {
  const barsOf = (line: string) => [...line.matchAll(/\|/g)].map(({ index }) => index);
  return heading.map(barsOf).reduce((most, bars) => (bars.length > most.length ? bars : most));
}

/** Names of the columns: what stands in the heading's lines above each other. */
function cellsOf(heading: readonly string[], ends: readonly number[]): string[] {
  return [...ends, Infinity].map((end, column) => {
    const start = column === 0 ? 0 : ends[column - 1] + 1;
    return heading
      .map((line) => line.slice(start, end))
      .filter((cell) => !/[~|]/.test(cell))
      .map((cell) => cell.trim())
      .join(" ")
      .trim();
  });
}

interface Cell {
  readonly raw: unknown;
  readonly converted: string;
}

interface JsonTable {
  readonly title: string;
  readonly groups: readonly {
    readonly records: readonly Readonly<Record<string, Cell | Record<string, Cell>>>[];
  }[];
}

function jsonTables(text: string): AsadmTable[] {
  return [...text.matchAll(/^\{$[\s\S]*?^\}$/gm)].map(([json]) => {
    const { title, groups } = JSON.parse(json) as JsonTable;
    return {
      title: title.replace(/ \(\d{4}-[^)]*\)$/, ""),
      rows: groups.flatMap(({ records }) => records.map(flat)),
    };
  });
}

/** A record of JSON with the columns of its groups beside the others. */
function flat(record: Readonly<Record<string, Cell | Record<string, Cell>>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, cell]) =>
      isCell(cell) ? [[name, shown(cell)]] : Object.entries(cell).map(([inner, one]) => [inner, shown(one)]),
    ),
  );
}

function isCell(cell: Cell | Record<string, Cell>): cell is Cell {
  return "raw" in cell && "converted" in cell;
}

/** A cell as the text has it, lists with commas between; "error" stands for a node that did not answer. */
function shown({ raw, converted }: Cell): string {
  if (raw === "error" || raw === null) return "~~";
  return typeof raw === "string" || typeof raw === "number" ? String(raw) : converted;
}
