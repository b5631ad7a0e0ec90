import { type ConfEntry, parseConf } from "../../../cli/topology/conf-parser";

export { parseConf };

/** Every setting by its path, blocks by their whole name: `namespace.storage-engine memory.filesize` -> values. */
export function settings(entries: readonly ConfEntry[], path = ""): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { words, block } of entries) {
    if (block === undefined) {
      const key = path + words[0];
      found.set(key, [...(found.get(key) ?? []), words.slice(1).join(" ")]);
    } else {
      // A namespace or a log file is named by its user; a storage engine is a kind of its own.
      const name = words[0] === "storage-engine" ? words.join(" ") : words[0];
      for (const [key, values] of settings(block, `${path}${name}.`)) {
        found.set(key, [...(found.get(key) ?? []), ...values]);
      }
    }
  }
  return found;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
}

type Parsed = { [name: string]: unknown };

/** The form that the published JSON Schemas describe: namespaces, log sinks and TLS names as lists, repeated settings as lists. */
export function parsedForm(entries: readonly ConfEntry[], schema: Schema): Parsed {
  const { namespaces } = schema.properties!;
  const form: Parsed = {};
  for (const { words, block } of entries) {
    if (words[0] === "namespace") {
      const one = { name: words[1], ...object(block!, namespaces.items!) };
      form.namespaces = [...((form.namespaces as Parsed[]) ?? []), one];
    } else if (words[0] === "logging") {
      form.logging = block!.map((sink) => ({
        name: sink.words[1] ?? sink.words[0],
        // `context any info` sets every context at once.
        ...Object.fromEntries(sink.block!.map(({ words: [, context, level] }) => [context, level])),
      }));
    } else {
      form[words[0]] = object(block!, schema.properties![words[0]] ?? {});
    }
  }
  return form;

  function object(lines: readonly ConfEntry[], of: Schema): Parsed {
    const result: Parsed = {};
    for (const { words, block } of lines) {
      const [name, ...values] = words;
      if (block !== undefined) {
        const named = of.properties?.[name];
        if (named?.type === "array") {
          const one = { name: values[0], ...object(block, named.items ?? {}) };
          result[name] = [...((result[name] as Parsed[]) ?? []), one];
          continue;
        }
        const kinds = of.properties?.[name]?.oneOf;
        const kind = kinds?.find(({ properties }) => properties?.type?.enum?.includes(values[0]));
        result[name] = {
          ...(values.length > 0 && { type: values[0] }),
          ...object(block, kind ?? of.properties?.[name] ?? {}),
        };
        continue;
      }
      const plural = `${name}${name.endsWith("s") ? "es" : "s"}`;
      const list = [plural, `${name}es`].find((candidate) => of.properties?.[candidate]?.type === "array");
      if (list !== undefined && of.properties?.[name] === undefined) {
        result[list] = [...((result[list] as string[]) ?? []), values.join(":")];
      } else {
        result[name] = typed(values.join(" "), of.properties?.[name]?.type);
      }
    }
    return result;
  }
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

function typed(value: string, type: string | undefined): unknown {
  if (type === "boolean" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  const size = /^(\d+)([KMGT]?)$/.exec(value);
  if (type === "integer" && size !== null) return Number(size[1]) * UNITS[size[2]];
  return value;
}
