import { readFileSync } from "node:fs";
import {
  type Alias,
  type Document,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { UsageError } from "../errors";
import { type Field, fieldName } from "./field";

/** A file in YAML or JSON as plain data. */
export interface YamlFile {
  readonly value: unknown;
  /** What is wrong with a field, with the line where it stands, or else the nearest that it would stand in. */
  complaint(field: Field, message: string): string;
}

/**
 * Reads a file in YAML or JSON.
 *
 * @param what what the file is, in words
 * @param numbers names of the fields whose values are numbers; all else is text as it is written
 * @throws UsageError naming file and line where it cannot be read, or would lose something when it is read.
 */
export function readYaml(path: string, what: string, numbers: ReadonlySet<string>): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(read(path, what), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    throw new UsageError(
      document.errors
        .map(({ code, pos, message }) => {
          const what = code === "MULTIPLE_DOCS" ? "expected one document in the file" : message;
          return `${at(pos[0])}: ${what}`;
        })
        .join("\n"),
    );
  }
  keepIdsAsWritten(document, numbers);
  const complaint = (offset: number, field: Field, message: string) =>
    `${at(offset)}: ${fieldName(field)}: ${message}.`;
  const mistakes = mistakesBeside(document);
  if (mistakes.length > 0) {
    throw new UsageError(
      mistakes.map(({ offset, field, message }) => complaint(offset, field, message)).join("\n"),
    );
  }
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    complaint: (field, message) => complaint(offsetOf(document, field), field, message),
  };
}

function read(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`The ${what} ${path} cannot be read: ${(error as Error).message}.`);
  }
}

/** YAML reads the ids 352 and 1E5 as numbers: they are taken as they are written. */
function keepIdsAsWritten(document: Document, numbers: ReadonlySet<string>): void {
  visit(document, {
    Pair: (_, { key, value }) =>
      isScalar(key) && numbers.has(String(key.value)) && isScalar(value) ? visit.SKIP : undefined,
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "number" && scalar.source !== undefined) scalar.value = scalar.source;
    },
  });
}

interface Mistake {
  /** Where it stands in the text, in characters. */
  readonly offset: number;
  readonly field: Field;
  readonly message: string;
}

/** What is lost without a word, or endless, once the document is plain data: keys that collide, aliases of aliases. */
function mistakesBeside(document: Document): Mistake[] {
  const mistakes: Mistake[] = [];
  visit(document, {
    Map: (_, map, path) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) && key.value !== null ? String(key.value) : "";
        const complain = (field: Field, message: string) =>
          mistakes.push({ offset: (key as Node | null)?.range?.[0] ?? map.range?.[0] ?? 0, field, message });
        const field = [...fieldAt([...path, map]), name];
        if (name === "") complain(field.slice(0, -1), "a key is no name; expected a word");
        else if (name === "__proto__") complain(field, "expected another name");
        else if (seen.has(name)) complain(field, "expected each name once");
        seen.add(name);
      }
    },
    Alias: (_, alias, path) => {
      const complain = (message: string) =>
        mistakes.push({ offset: alias.range?.[0] ?? 0, field: fieldAt([...path, alias]), message });
      const target = alias.resolve(document);
      if (!target) complain(`there is no anchor &${alias.source} before the alias *${alias.source}`);
      else if (holdsAlias(target)) {
        complain(
          `the alias *${alias.source} leads to another alias; expected one that leads to plain values`,
        );
      }
    },
  });
  return mistakes;
}

function holdsAlias(node: Exclude<ReturnType<Alias["resolve"]>, undefined>): boolean {
  let found = false;
  visit(node, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** The field of the last of these nodes, each of which stands in the one before. */
function fieldAt(path: readonly unknown[]): Field {
  return path.flatMap((node, i): PropertyKey[] => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(node) && i + 1 < path.length ? [node.items.indexOf(path[i + 1])] : [];
  });
}

/** Where a field stands, or else the nearest that it would stand in. */
function offsetOf(document: Document, path: Field): number {
  for (let length = path.length; length > 0; length--) {
    const found = document.getIn(path.slice(0, length), true);
    const range = (found as { range?: [number, number, number] } | undefined)?.range;
    if (range) return range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
