import { PARTITIONS } from "../../model";
import type { Node, Owners } from "../cluster/node";

/** What a node is to a partition. */
export type Role = "master" | "replica" | "none";

/** A node's role: the working master, another current replica (whether its copy is full or not), or neither. */
export function roleOf(node: Node, owners: Owners | undefined): Role {
  if (!owners?.master) return "none";
  if (owners.master === node) return "master";
  return owners.replicas.includes(node) ? "replica" : "none";
}

/** In which column of `replicas` a node stands: the working master first, then the other replicas whose copy is full; -1 = none. */
function columnOf(node: Node, { master, replicas, filling }: Owners): number {
  if (!master) return -1;
  if (master === node) return 0;
  let column = 1;
  for (const replica of replicas) {
    if (replica === master || filling.has(replica)) continue;
    if (replica === node) return column;
    column++;
  }
  return -1;
}

/**
 * Answer of `replicas`: `ns:regime,count,bitmap,...`, a bitmap for each replica column of the partitions that this
 * node holds there. SC: never regime 0, at least one bitmap. AP: regime 0.
 */
export function replicasAnswer(name: string, node: Node, strongConsistency: boolean): string {
  const view = node.view;
  const columns = Math.max(1, view?.columns ?? 0);
  const bitmaps = Array.from({ length: columns }, () => Buffer.alloc(PARTITIONS / 8));
  view?.partitions.forEach((owners, pid) => {
    const column = columnOf(node, owners);
    if (column >= 0 && column < columns) bitmaps[column][pid >> 3] |= 0x80 >> (pid & 7);
  });
  const regime = strongConsistency ? Math.max(1, node.copies.regime) : 0;
  return `${name}:${regime},${columns},${bitmaps.map((bitmap) => bitmap.toString("base64")).join(",")}`;
}

const HEADER =
  "namespace:partition:state:n_replicas:replica:n_dupl:working_master:emigrates:lead_emigrates:immigrates:records:tombstones:regime:version:final_version";

/** Answer of `partition-info`: one entry a partition, as this node sees it. */
export function partitionInfo(name: string, node: Node, strongConsistency: boolean): string {
  const rows = [HEADER];
  for (let pid = 0; pid < PARTITIONS; pid++) {
    rows.push(row(name, node, pid, strongConsistency ? node.copies.servedUnder(pid) : 0));
  }
  return rows.join(";");
}

function row(name: string, node: Node, pid: number, regime: number): string {
  const view = node.view;
  const owners = view?.partitions[pid];
  const copy = node.copyOf(pid);
  const served = owners?.master !== undefined;
  const replica = served ? owners.replicas.indexOf(node) : -1;
  const filling = owners?.filling.has(node) ?? false;
  const state = replica >= 0 ? (filling ? "D" : "S") : node.holds(pid) ? "Z" : "A";
  const final = owners?.replicas[0];
  const emigrates = served && !filling ? toSend(node, owners) : 0;
  const lead = owners?.master === node && final !== node ? 1 : 0;
  const immigrates = served ? (filling ? 1 : 0) + (final === node ? owners.sources.length : 0) : 0;
  const key = (view?.clusterKey ?? "0").toLowerCase();
  const flags = `${owners?.master === node ? "m" : "-"}${filling ? "s" : "p"}${node.copies.isTrusted(pid) ? "-" : "e"}`;
  const version = node.holds(pid) ? `${key}.0.${flags}` : "000000000000.0.-p-";
  return [
    name,
    pid,
    state,
    served ? owners.replicas.length : 0,
    replica,
    owners?.sources.length ?? 0,
    // Recorded: a node names the working master only where it is that itself.
    owners?.master === node ? node.id : "0",
    emigrates,
    lead,
    immigrates,
    copy?.objects ?? 0,
    copy?.tombstones ?? 0,
    regime,
    version,
    `${key}.0.${owners?.master === node ? "mp-" : "-p-"}`,
  ].join(":");
}

/** Copies of a partition that a node has still to send. */
function toSend(node: Node, owners: Owners): number {
  const [final] = owners.replicas;
  if (owners.sources.includes(node) || (owners.master === node && final !== node)) return 1;
  return final === node ? [...owners.filling].filter((other) => other !== node).length : 0;
}
