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
import { z } from "zod";
import { type Fault, NO_FAULT, NONE, type Topology, type TopologyNode } from "../model";
import { UsageError } from "./errors";
import type { Experiment } from "./experiment";

const idAsWritten = z
  .string({ error: "expected a node id" })
  .regex(/^0*[1-9A-Fa-f][0-9A-Fa-f]{0,15}$/, "expected a node id: 1 to 16 hexadecimal digits, such as A352");

const nodeId = idAsWritten.transform(idOf);

const namespace = z.strictObject(
  {
    name: z
      .string({ error: "expected a name" })
      .regex(/^[A-Za-z0-9_$-]{1,31}$/, "expected a namespace's name of 1 to 31 letters, digits, _, - or $"),
    replicationFactor: z.int({ error: "expected a whole number, 1 or more" }).min(1, "expected 1 or more"),
    strongConsistency: z.boolean({ error: "expected true or false" }),
    preferUniformBalance: z.boolean({ error: "expected true or false" }).optional(),
    flushMaxMs: z
      .int({ error: "expected whole milliseconds, 1 to 1000" })
      .min(1, "expected milliseconds, 1 to 1000")
      .max(1000, "expected milliseconds, 1 to 1000")
      .optional(),
    commitToDevice: z.boolean({ error: "expected true or false" }).optional(),
    autoRevive: z.boolean({ error: "expected true or false" }).optional(),
    strongConsistencyAllowExpunge: z.boolean({ error: "expected true or false" }).optional(),
  },
  { error: "expected name, replicationFactor and strongConsistency" },
);

/** Settings that a namespace without strong consistency does not have. */
export const STRONG_ONLY = ["commitToDevice", "autoRevive", "strongConsistencyAllowExpunge"] as const;

const node = z.strictObject(
  {
    id: nodeId,
    rack: z
      .int({ error: "expected a rack id: a whole number, 0 to 1000000" })
      .min(0, "expected a rack id, 0 to 1000000")
      .max(1_000_000, "expected a rack id, 0 to 1000000"),
    region: z.string({ error: "expected a region's name" }).min(1, "expected a region's name").optional(),
    quiesced: z.boolean({ error: "expected true or false" }).optional(),
  },
  { error: "expected a node: id and rack" },
);

const nodeIds = z.array(nodeId, { error: "expected a list of node ids" });

// Keys stay as they are written: as ids two could fall into one, and the earlier one's nodes be lost.
const fault = z.union([z.array(nodeIds), z.record(idAsWritten, nodeIds)], {
  error: "expected sub-clusters (lists of node ids), or for each node the nodes that it cannot hear",
});

const topologyFile = z
  .strictObject(
    {
      namespace,
      nodes: z
        .array(node, { error: "expected a list of nodes" })
        .min(1, "expected at least one node")
        .max(256, "expected at most 256 nodes"),
      minClusterSize: z
        .int({ error: "expected a whole number, 1 or more" })
        .min(1, "expected 1 or more")
        .optional(),
      faults: z.record(z.string(), fault, { error: "expected faults by name" }).default({}),
    },
    { error: "expected namespace, nodes and faults" },
  )
  .superRefine((file, context) => {
    const complain = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const known = new Set<string>();
    file.nodes.forEach(({ id }, i) => {
      if (known.has(id)) complain(["nodes", i, "id"], "expected an id of its own: another node has it");
      known.add(id);
    });
    for (const setting of STRONG_ONLY) {
      if (file.namespace[setting] && !file.namespace.strongConsistency) {
        complain(["namespace", setting], "expected it beside strongConsistency: true only");
      }
    }
    if (file.namespace.replicationFactor > file.nodes.length) {
      complain(
        ["namespace", "replicationFactor"],
        `expected at most ${file.nodes.length}, the number of nodes`,
      );
    }
    if ((file.minClusterSize ?? 1) > file.nodes.length) {
      complain(["minClusterSize"], `expected at most ${file.nodes.length}, the number of nodes`);
    }
    const expected = `expected one of ${[...known].join(", ")}`;
    for (const [name, value] of Object.entries(file.faults)) {
      const path = ["faults", name];
      if (name === NONE) complain(path, `expected another name: "${NONE}" heals`);
      const placed = new Set<string>();
      const listening = new Set<string>();
      for (const [key, ids] of Object.entries(value)) {
        const keyPath = [...path, Array.isArray(value) ? Number(key) : key];
        if (!Array.isArray(value)) {
          if (!known.has(idOf(key))) complain(keyPath, expected);
          if (listening.has(idOf(key))) complain(keyPath, "expected each node once");
          listening.add(idOf(key));
        }
        if (Array.isArray(value) && ids.length === 0) complain(keyPath, "expected at least one node");
        ids.forEach((id: string, i: number) => {
          if (!known.has(id)) complain([...keyPath, i], expected);
          if (Array.isArray(value) && placed.has(id)) {
            complain([...keyPath, i], "expected each node in one sub-cluster only");
          }
          placed.add(id);
        });
      }
    }
  });

/**
 * A topology of one's own, in YAML or JSON.
 *
 * @throws UsageError naming file, line and field of everything that is not valid.
 */
export function loadTopologyFile(path: string): Experiment {
  const lines = new LineCounter();
  const document = parseDocument(read(path), { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new UsageError(
      document.errors
        .map(({ code, pos, message }) => {
          const what = code === "MULTIPLE_DOCS" ? "expected one document in the file" : message;
          return `${path}:${lines.linePos(pos[0]).line}: ${what}`;
        })
        .join("\n"),
    );
  }
  keepIdsAsWritten(document);
  const mistakes = mistakesBeside(document);
  if (mistakes.length > 0) {
    throw new UsageError(
      mistakes
        .map(
          ({ offset, field, message }) =>
            `${path}:${lines.linePos(offset).line}: ${fieldName(field)}: ${message}.`,
        )
        .join("\n"),
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  const result = topologyFile.safeParse(value);
  if (!result.success) {
    throw new UsageError(
      result.error.issues
        .flatMap((issue) => messagesOf(issue, value))
        .map(({ path: field, message }) => {
          const line = lines.linePos(offsetOf(document, field)).line;
          return `${path}:${line}: ${fieldName(field)}: ${message}.`;
        })
        .join("\n"),
    );
  }
  const { namespace, nodes, minClusterSize, faults } = result.data;
  const topology: Topology = { namespace, nodes, ...(minClusterSize !== undefined && { minClusterSize }) };
  return {
    name: path,
    topology,
    faults: Object.fromEntries(
      Object.entries(faults).map(([name, value]) => [
        name,
        Array.isArray(value)
          ? cut(nodes, value)
          : {
              ...NO_FAULT,
              cannotHear: Object.fromEntries(Object.entries(value).map(([key, ids]) => [idOf(key), ids])),
            },
      ]),
    ),
    sideOf: ({ region, rack }) => region ?? `Rack ${rack}`,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`The topology file ${path} cannot be read: ${(error as Error).message}.`);
  }
}

function idOf(written: string): string {
  return written.replace(/^0+/, "").toUpperCase();
}

/** A cut into sub-clusters; nodes in none of them are down and hear nobody, themselves included. */
function cut(nodes: readonly TopologyNode[], clusters: readonly (readonly string[])[]): Fault {
  const ids = nodes.map(({ id }) => id);
  const cannotHear = Object.fromEntries(
    ids.map((id) => {
      const own = clusters.find((members) => members.includes(id)) ?? [];
      return [id, ids.filter((other) => !own.includes(other))];
    }),
  );
  return { ...NO_FAULT, cannotHear };
}

/** Fields that are numbers; all others that look like one are ids. */
const numbers = new Set(["rack", "replicationFactor", "minClusterSize", "flushMaxMs"]);

/** YAML reads the ids 352 and 1E5 as numbers: they are taken as they are written. */
function keepIdsAsWritten(document: Document): void {
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

type Field = readonly PropertyKey[];

interface Message {
  readonly path: Field;
  readonly message: string;
}

/** A union's issue is told as that of the form which the value looks like. */
function messagesOf(issue: z.core.$ZodIssue, root: unknown): Message[] {
  const value = valueAt(root, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: "there is no such field; remove it or mend its name",
    }));
  }
  if (issue.code === "invalid_union" && typeof value === "object" && value !== null) {
    const form = issue.errors[Array.isArray(value) ? 0 : 1];
    return form.flatMap((inner) =>
      messagesOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, root),
    );
  }
  if (issue.code === "invalid_key") return [{ path: issue.path, message: issue.issues[0].message }];
  const given = value === undefined ? "is missing" : `is ${shown(value)}`;
  return [{ path: issue.path, message: `${given}; ${issue.message}` }];
}

/** Characters of a value that are shown. */
const SHOWN = 80;

function shown(value: unknown): string {
  // JSON has no infinity and no NaN.
  return shortened(typeof value === "number" ? String(value) : JSON.stringify(value));
}

function shortened(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 3)}...`;
}

function valueAt(root: unknown, path: Field): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
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

function fieldName(path: Field): string {
  if (path.length === 0) return "file";
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${shortened(String(key))}`))
    .join("");
}
