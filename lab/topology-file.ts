import { readFileSync } from "node:fs";
import { isScalar, LineCounter, parseDocument, type Document, visit } from "yaml";
import { z } from "zod";
import { type CannotHear, type Topology, type TopologyNode } from "../model";
import { UsageError } from "./errors";
import { type Experiment, NO_FAULT } from "./experiment";

const nodeId = z
  .string({ error: "expected a node id" })
  .regex(/^0*[1-9A-Fa-f][0-9A-Fa-f]{0,15}$/, "expected a node id: 1 to 16 hexadecimal digits, such as A352")
  .transform((id) => id.replace(/^0+/, "").toUpperCase());

const namespace = z.strictObject({
  name: z
    .string({ error: "expected a name" })
    .regex(/^[A-Za-z0-9_$-]{1,31}$/, "expected a namespace's name of 1 to 31 letters, digits, _, - or $"),
  replicationFactor: z.int({ error: "expected a whole number, 1 or more" }).min(1, "expected 1 or more"),
  strongConsistency: z.boolean({ error: "expected true or false" }),
  preferUniformBalance: z.boolean({ error: "expected true or false" }).optional(),
});

const node = z.strictObject({
  id: nodeId,
  rack: z
    .int({ error: "expected a rack id: a whole number, 0 to 1000000" })
    .min(0, "expected a rack id, 0 to 1000000")
    .max(1_000_000, "expected a rack id, 0 to 1000000"),
  region: z.string({ error: "expected a region's name" }).min(1, "expected a region's name").optional(),
  quiesced: z.boolean({ error: "expected true or false" }).optional(),
});

const fault = z.union([z.array(z.array(nodeId)), z.record(nodeId, z.array(nodeId))], {
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
    if (file.namespace.replicationFactor > file.nodes.length) {
      complain(
        ["namespace", "replicationFactor"],
        `expected at most ${file.nodes.length}, the number of nodes`,
      );
    }
    const expected = `expected one of ${[...known].join(", ")}`;
    for (const [name, value] of Object.entries(file.faults)) {
      const path = ["faults", name];
      if (name === NO_FAULT) complain(path, `expected another name: "${NO_FAULT}" heals`);
      const placed = new Set<string>();
      for (const [key, ids] of Object.entries(value)) {
        const keyPath = [...path, Array.isArray(value) ? Number(key) : key];
        if (!Array.isArray(value) && !known.has(key)) complain(keyPath, expected);
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
        .map(({ pos, message }) => `${path}:${lines.linePos(pos[0]).line}: ${message}`)
        .join("\n"),
    );
  }
  keepIdsAsWritten(document);
  const value: unknown = document.toJS();
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
  const { namespace, nodes, faults } = result.data;
  const topology: Topology = { namespace, nodes };
  return {
    name: path,
    topology,
    notes: () => [],
    faults: Object.fromEntries(
      Object.entries(faults).map(([name, value]) => [name, Array.isArray(value) ? cut(nodes, value) : value]),
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

/** A cut into sub-clusters; nodes in none of them are down and hear nobody, themselves included. */
function cut(nodes: readonly TopologyNode[], clusters: readonly (readonly string[])[]): CannotHear {
  const ids = nodes.map(({ id }) => id);
  return Object.fromEntries(
    ids.map((id) => {
      const own = clusters.find((members) => members.includes(id)) ?? [];
      return [id, ids.filter((other) => !own.includes(other))];
    }),
  );
}

/** YAML reads the ids 352 and 1E5 as numbers: they are taken as they are written. */
function keepIdsAsWritten(document: Document): void {
  visit(document, {
    Pair: (_, { key, value }) =>
      isScalar(key) && (key.value === "rack" || key.value === "replicationFactor") && isScalar(value)
        ? visit.SKIP
        : undefined,
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "number" && scalar.source !== undefined) scalar.value = scalar.source;
    },
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
  const given = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
  return [{ path: issue.path, message: `${given}; ${issue.message}` }];
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
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`))
    .join("");
}
