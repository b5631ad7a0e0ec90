import { readFileSync } from "node:fs";
import { type NodePartitions, parseRoster, type Roster, type TopologyNode } from "../../model";
import { UsageError } from "../errors";
import { type AsadmTable, asadmTables } from "./asadm-tables";
import type { Gathered } from "./gathered";

/** What asadm prints for a node that did not answer. */
const SILENT = "~~";

/** What is to be known of a cluster beside what a text tells. */
export interface Wanted {
  /** @default the only one */
  readonly namespace?: string;
  /** @default as the text tells */
  readonly replicationFactor?: number;
}

/**
 * The cluster that saved output of asadm tells of (`info`, `show roster`, `show racks`, as text or by --json).
 *
 * @throws UsageError where the file cannot be read, or lacks what is needed, naming the command whose output it is
 */
export function asadmTopology(path: string, { namespace, replicationFactor }: Wanted): Gathered {
  const tables = readTables(path);
  const name = namespace ?? onlyNamespace(path, tables);
  const roster = rosterOf(path, tables, name);
  const notes: string[] = [];
  const silent = silentNodes(tables);
  if (silent.length > 0) {
    notes.push(`${silent.join(", ")} did not answer asadm: of them is known what the others' roster says.`);
  }
  const objects = rowsOf(tables, "Namespace Object Information", name);
  const [factor] = objects.map((row) => Number(row["Repl Factor"])).filter((value) => value > 0);
  if (replicationFactor === undefined && factor === undefined) {
    throw new UsageError(
      `${path} does not tell the replication factor of namespace "${name}": expected the output of info (Namespace Object Information), or --rf N.`,
    );
  }
  const strongConsistency = roster !== undefined && roster.nodes.length > 0;
  const nodes = strongConsistency ? [...roster.nodes] : rackNodes(path, tables, name);
  for (const id of idleNodes(tables, name)) {
    notes.push(`${id} holds no partition in show pmap: if it is quiesced for good, write quiesced: true.`);
  }
  return {
    topology: {
      namespace: {
        name,
        replicationFactor: replicationFactor ?? factor,
        strongConsistency,
        ...(strongConsistency && roster.activeRack !== 0 && { activeRack: roster.activeRack }),
      },
      nodes: nodes.map(({ id, rack }) => ({ id, rack })),
    },
    source: path,
    notes: [
      ...notes,
      "asadm does not tell prefer-uniform-balance, heartbeats and regions: add them where they differ.",
    ],
  };
}

/** What a `show pmap` says of a node. */
export interface ObservedNode extends NodePartitions {
  readonly id: string;
}

/**
 * What the last `show pmap` of a file says, node by node; nodes that did not answer are left out.
 *
 * @param known nodes with addresses, for a file that does not tell which node is at which
 * @throws UsageError where there is none of the namespace, or nothing tells which node is at an address
 */
export function observedPmap(
  path: string,
  namespace: string,
  known: readonly TopologyNode[],
): ObservedNode[] {
  const tables = readTables(path);
  const last = tables.filter(({ title }) => title === "Partition Map Analysis").at(-1);
  const rows = (last?.rows ?? []).filter((row) => row.Namespace === namespace && row.Node !== "");
  if (rows.length === 0) {
    throw new UsageError(
      `${path} has no output of show pmap for namespace "${namespace}": expected the table Partition Map Analysis.`,
    );
  }
  const ids = new Map([
    ...known.flatMap(({ id, address }) => (address === undefined ? [] : [[address, id] as const])),
    ...idsByHost(tables),
  ]);
  return rows.map((row) => {
    const id = ids.get(hostOf(row.Node)) ?? ids.get(hostOf(row.Node).replace(/:\d+$/, ""));
    if (id === undefined) {
      throw new UsageError(
        `${path} does not tell which node is at ${row.Node}: expected the output of info network or show roster beside that of show pmap.`,
      );
    }
    const [primary, secondary, unavailable, dead] = ["Primary", "Secondary", "Unavailable", "Dead"].map(
      (column) => {
        const count = Number(row[column]);
        if (row[column] !== "" && Number.isInteger(count)) return count;
        throw new UsageError(
          `${path}: show pmap says "${row[column] ?? ""}" for ${column} of ${row.Node}: expected a number.`,
        );
      },
    );
    return { id, primary, secondary, unavailable, dead };
  });
}

function readTables(path: string): AsadmTable[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new UsageError(
      `${path} is compressed: unpack it (tar -xzf), and name the file of asadm's text in it, *_ascollectinfo.log.`,
    );
  }
  const tables = asadmTables(bytes.toString("utf8"));
  if (tables.length > 0) return tables;
  throw new UsageError(
    `${path} has no table of asadm's: expected what asadm -e "info; show racks; show roster; show pmap" prints, as text or with --json.`,
  );
}

/** Rows of the last table of a title, of one namespace, without sums and silent nodes. */
function rowsOf(tables: readonly AsadmTable[], title: string, namespace: string): AsadmTable["rows"] {
  const last = tables.filter((table) => table.title === title).at(-1);
  return (last?.rows ?? []).filter((row) => row.Namespace === namespace && row.Node !== "");
}

function onlyNamespace(path: string, tables: readonly AsadmTable[]): string {
  const all = tables.flatMap(({ rows }) => rows.flatMap(({ Namespace = "" }) => Namespace));
  const names = [...new Set(all)].filter((name) => name !== "" && name !== SILENT);
  if (names.length === 1) return names[0];
  throw new UsageError(
    names.length === 0
      ? `${path} names no namespace: expected the output of show racks, show roster or info.`
      : `${path} tells of ${names.length} namespaces: name one with --namespace, one of ${names.join(", ")}.`,
  );
}

/** The roster that is set, by the node that says so for the largest part of the cluster. */
function rosterOf(path: string, tables: readonly AsadmTable[], namespace: string): Roster | undefined {
  const rows = rowsOf(tables, "Roster", namespace);
  const texts = [...new Set(rows.map((row) => row["Current Roster"]))];
  const rosters = texts.map((text) => {
    const roster = parseRoster(text === "" || text === "[]" ? "null" : text);
    if (roster) return roster;
    throw new UsageError(`${path}: show roster says "${text}": expected a roster such as A352@32,A70@33.`);
  });
  if (rosters.length > 1) {
    throw new UsageError(
      `${path}: the nodes do not agree on the roster of namespace "${namespace}": ${texts.join(" and ")}. Save the output again once they do, or give --roster.`,
    );
  }
  return rosters[0];
}

/** Nodes of a namespace without a roster: those that its racks list. */
function rackNodes(path: string, tables: readonly AsadmTable[], namespace: string): TopologyNode[] {
  const last = tables.filter(({ title }) => title === "Racks").at(-1);
  const rows = (last?.rows ?? []).filter((row) => row.Namespace === namespace);
  const nodes = rows.flatMap((row) =>
    row.Nodes.split(",").flatMap((id) =>
      id.trim() === "" ? [] : [{ id: id.trim(), rack: Number(row["Rack ID"]) }],
    ),
  );
  if (nodes.length > 0) return nodes;
  throw new UsageError(
    `${path} does not tell the nodes of namespace "${namespace}": expected the output of show roster with a roster that is set, or of show racks.`,
  );
}

/** Node ids by host, of every table that has both. */
function idsByHost(tables: readonly AsadmTable[]): [host: string, id: string][] {
  return tables.flatMap(({ rows }) =>
    rows.flatMap((row): [string, string][] => {
      const id = unmarked(row["Node ID"] ?? "");
      if (!/^(?!0+$)[0-9A-Fa-f]{1,16}$/.test(id)) return [];
      return [row.Node, row.IP].flatMap((host) => (host ? [[hostOf(host), id.toUpperCase()]] : []));
    }),
  );
}

/** A host with its port as one text, whichever way asadm names it: AWS's own names are addresses. */
function hostOf(text: string): string {
  const [, host, port = "3000"] = /^(.*?)(?::(\d+))?$/.exec(unmarked(text))!;
  const address = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(host);
  return `${address ? address.slice(1).join(".") : host}:${port}`;
}

/** `*` marks the principal, `@` the node that asadm asked first. */
function unmarked(text: string): string {
  return text.replace(/^[*@ ]+/, "");
}

function silentNodes(tables: readonly AsadmTable[]): string[] {
  const rows = tables.flatMap((table) =>
    table.rows.filter((row) => row.Namespace === SILENT && (row.Node ?? "") !== ""),
  );
  return [...new Set(rows.map(({ Node }) => unmarked(Node)))];
}

/** Nodes that hold nothing though others serve all. */
function idleNodes(tables: readonly AsadmTable[], namespace: string): string[] {
  const rows = rowsOf(tables, "Partition Map Analysis", namespace);
  const ids = new Map(idsByHost(tables));
  if (rows.some((row) => Number(row.Unavailable) + Number(row.Dead) > 0)) return [];
  return rows
    .filter((row) => row.Primary === "0" && row.Secondary === "0")
    .map((row) => ids.get(hostOf(row.Node)) ?? row.Node);
}
