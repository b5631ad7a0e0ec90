import { RefusedError } from "../errors";
import type { Layer } from "./settings";

/** What an aerospike.conf says, by context, as `get-config` names it. */
export interface Conf {
  readonly service: Layer;
  readonly network: Layer;
  readonly security: Layer;
  /** By the namespaces' names. */
  readonly namespaces: ReadonlyMap<string, Layer>;
}

const UNITS = "KMGTP";
/** Settings that a file may hold several of; `get-config` numbers them. */
const NUMBERED: readonly string[] = ["device", "file"];
/** What a host writes there at its boot, or leaves out with its line. */
const AT_BOOT = /^@\w+@$/;

/**
 * Reads an aerospike.conf, as `stretch render` writes it.
 *
 * @param from what it is, for errors ("aerospike.conf of A1B32")
 * @throws RefusedError naming the line that is none of such a file.
 */
export function parseConf(text: string, from: string): Conf {
  const contexts: { readonly name: string; readonly prefix: string; readonly layer: [string, string][] }[] =
    [];
  const conf = {
    service: [] as [string, string][],
    network: [] as [string, string][],
    security: [] as [string, string][],
    namespaces: new Map<string, [string, string][]>(),
  };
  const layerOf = (name: string, argument: string): [string, string][] => {
    if (name === "namespace") {
      const layer: [string, string][] = [];
      conf.namespaces.set(argument, layer);
      return layer;
    }
    // What else there is (logging) no command tells.
    return name === "service" || name === "network" || name === "security" ? conf[name] : [];
  };
  text.split(/\r?\n/).forEach((whole, i) => {
    const line = whole.replace(/(^|\s)#.*/, "").trim();
    const fail = (expected: string) =>
      new RefusedError(`${from}, line ${i + 1}: "${line}" is not understood: expected ${expected}.`);
    if (line === "") return;
    const context = contexts.at(-1);
    if (line === "}") {
      if (!contexts.pop()) throw fail("no closing brace, since no context is open");
      return;
    }
    const [name, ...words] = line.split(/\s+/);
    if (words.at(-1) === "{") {
      const argument = words.slice(0, -1).join(" ");
      if (!context) contexts.push({ name, prefix: "", layer: layerOf(name, argument) });
      else {
        // `storage-engine memory {`
        if (argument !== "") context.layer.push([`${context.prefix}${name}`, argument]);
        contexts.push({ name, prefix: `${context.prefix}${name}.`, layer: context.layer });
      }
      return;
    }
    if (!context || words.length === 0) throw fail("a context in braces, or a setting and its value in one");
    const value = words.length === 1 ? bytesOf(words[0]) : words.join(":");
    if (AT_BOOT.test(value)) return;
    const full = `${context.prefix}${name}`;
    const count = context.layer.filter(([other]) => other.startsWith(`${full}[`)).length;
    context.layer.push([NUMBERED.includes(name) ? `${full}[${count}]` : full, value]);
  });
  const left = contexts.at(-1);
  if (left) throw new RefusedError(`${from} ends within "${left.name} {": expected its closing brace.`);
  return conf;
}

/** A value, a size in bytes where it has a unit (128K). */
export function bytesOf(value: string): string {
  const [, digits, unit] = /^(\d+)([KMGTP])$/i.exec(value) ?? [];
  return unit === undefined
    ? value
    : String(Number(digits) * 1024 ** (1 + UNITS.indexOf(unit.toUpperCase())));
}
