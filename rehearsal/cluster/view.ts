import {
  availabilityModeMap,
  byIdDescending,
  currentReplicas,
  Decision,
  decide,
  isServed,
  type Namespace,
  PARTITIONS,
  type PartitionMap,
  type RosterNode,
  type RosterRows,
  rosterRows,
  subCluster,
} from "../../model";
import type { Node } from "./node";

/** Who serves one partition in a sub-cluster, and what has to move. */
export interface Owners {
  readonly decision: Decision;
  /** Current replicas: the final master first. Empty where the partition is not served. */
  readonly replicas: readonly Node[];
  /** Who serves now: the final master, or a holder of the full copy until that has it. */
  master: Node | undefined;
  /** Replicas whose copy is not full yet. */
  readonly filling: Set<Node>;
  /** Nodes with other versions of its records: asked before a read or write, until they have been merged. */
  sources: Node[];
}

/** One sub-cluster as its members see it since they formed it. */
export interface View {
  /** Number of this view in the run: the lineage of the copies that it keeps in step. */
  readonly serial: number;
  readonly clusterKey: string;
  /** Members, the principal (highest id) first. */
  readonly members: readonly Node[];
  readonly principal: Node;
  readonly regime: number;
  /** Roster in use, highest id first; empty in AP mode and where none was set. */
  readonly roster: readonly RosterNode[];
  /** Rack of each member in use, by id. */
  readonly racks: ReadonlyMap<string, number>;
  readonly quiesced: ReadonlySet<string>;
  /** Members that may hold copies: those on the roster, all in AP mode. What others hold is neither asked nor removed. */
  readonly eligible: ReadonlySet<Node>;
  readonly formedAt: number;
  readonly partitions: readonly Owners[];
  /** Replicas of each partition: the lesser of RF and the nodes that may hold one. */
  readonly columns: number;
  readonly unavailable: number;
  readonly dead: number;
}

/** What a view is made from. */
export interface ViewInput {
  readonly serial: number;
  readonly clusterKey: string;
  readonly members: readonly Node[];
  readonly namespace: Namespace;
  readonly now: number;
}

/** Rows are dear and rosters few: kept by what they are made from. */
const rowsCache = new Map<string, RosterRows>();

function cachedRows(nodes: readonly RosterNode[], namespace: Namespace): RosterRows {
  const { replicationFactor, preferUniformBalance = true } = namespace;
  const key = JSON.stringify([
    nodes.map(({ id, rack }) => [id, rack]),
    replicationFactor,
    preferUniformBalance,
  ]);
  let rows = rowsCache.get(key);
  if (!rows) {
    rows = rosterRows(nodes, namespace);
    if (rowsCache.size >= 16) rowsCache.clear();
    rowsCache.set(key, rows);
  }
  return rows;
}

/**
 * The sub-cluster that these members form: who serves what by the model's rules, told from the copies that they hold.
 * It marks their copies: what is full, of which regime and lineage.
 */
export function formView(input: ViewInput): View {
  const { namespace, serial, now } = input;
  const members = [...input.members].sort((a, b) => byIdDescending(a.id, b.id));
  const regime = Math.max(...members.map((node) => node.regime)) + 2;
  const quiesced = new Set(members.filter((node) => node.quiescePending).map(({ id }) => id));
  const roster = namespace.strongConsistency ? members[0].roster.nodes : [];
  const onRoster = new Set(roster.map(({ id }) => id));
  const eligible = new Set(members.filter(({ id }) => !namespace.strongConsistency || onRoster.has(id)));
  const balance = balanceOf(members, roster, quiesced, namespace);
  for (const node of members) node.regime = regime;

  const partitions: Owners[] = [];
  let [unavailable, dead] = [0, 0];
  for (let pid = 0; pid < PARTITIONS; pid++) {
    const served = Math.max(...members.map((node) => node.servedAt[pid]));
    const { decision, replicas } = balance(pid, (node) => isFull(node, pid, served));
    if (!isServed(decision)) {
      if (decision === Decision.Dead) dead++;
      else unavailable++;
      for (const node of members) node.servedAt[pid] = served;
      partitions.push({ decision, replicas: [], master: undefined, filling: new Set(), sources: [] });
      continue;
    }
    const context = { members, eligible, served, regime, serial };
    partitions.push(ownersOf(pid, decision, replicas, context));
  }
  const racks = new Map(members.map((node) => [node.id, node.rack]));
  for (const { id, rack } of roster) if (racks.has(id)) racks.set(id, rack);
  return {
    serial,
    clusterKey: input.clusterKey,
    members,
    principal: members[0],
    regime,
    roster: [...roster].sort((a, b) => byIdDescending(a.id, b.id)),
    racks,
    quiesced,
    eligible,
    formedAt: now,
    partitions,
    columns: Math.min(namespace.replicationFactor, eligible.size),
    unavailable,
    dead,
  };
}

type Balance = (
  pid: number,
  full: (node: Node) => boolean,
) => { decision: Decision; replicas: readonly Node[] };

/** The model's answer for a partition: its decision and its current replicas. */
function balanceOf(
  members: readonly Node[],
  roster: readonly RosterNode[],
  quiesced: ReadonlySet<string>,
  namespace: Namespace,
): Balance {
  const byId = new Map(members.map((node) => [node.id, node]));
  if (!namespace.strongConsistency) {
    const map: PartitionMap = availabilityModeMap(
      members.map(({ id, rack }) => ({ id, rack })),
      namespace,
      quiesced,
    );
    return (pid) => ({
      decision: Decision.AvailabilityMode,
      replicas: Array.from(map.replicas.subarray(pid * map.columns, (pid + 1) * map.columns), (n) =>
        byId.get(map.nodes[n].id)!,
      ),
    });
  }
  if (roster.length === 0) return () => ({ decision: Decision.Unavailable, replicas: [] });
  const rows = cachedRows(roster, namespace);
  let full: (node: Node) => boolean = () => false;
  const cluster = subCluster(rows, {
    members: members.map(({ id }) => id),
    quiesced,
    isFull: (id) => full(byId.get(id)!),
    isTrusted: (id, pid) => byId.get(id)!.untrusted[pid] === 0,
  });
  return (pid, isFullHere) => {
    full = isFullHere;
    return {
      decision: decide(cluster, pid),
      replicas: Array.from(currentReplicas(cluster, pid), (n) => byId.get(rows.nodes[n].id)!),
    };
  };
}

/** A full copy missed no regime under which the partition was served, as far as anyone here knows. */
function isFull(node: Node, pid: number, served: number): boolean {
  return node.untrusted[pid] === 0 && node.fullAt[pid] >= 0 && node.fullAt[pid] >= served;
}

/** What {@link ownersOf} knows of the sub-cluster. */
interface Context {
  readonly members: readonly Node[];
  readonly eligible: ReadonlySet<Node>;
  /** Highest regime under which the partition was served before. */
  readonly served: number;
  readonly regime: number;
  readonly serial: number;
}

/** Who serves an available partition, what has to move, and the marks on the copies. */
function ownersOf(pid: number, decision: Decision, replicas: readonly Node[], context: Context): Owners {
  const { members, eligible, served, regime, serial } = context;
  const others = members.filter((node) => !replicas.includes(node));
  // Copies of nodes that are on the roster come first: the others are asked only where nobody else has it all.
  const order = [
    ...replicas,
    ...others.filter((node) => eligible.has(node)),
    ...others.filter((node) => !eligible.has(node)),
  ];
  const full = order.filter((node) => isFull(node, pid, served));
  const holders = order.filter((node) => eligible.has(node) && node.holds(pid));
  let master = replicas[0];
  let inStep: readonly Node[];
  if (full.length > 0) {
    master = full[0];
    inStep = full.filter((node) => node.lineage[pid] === master.lineage[pid]);
  } else {
    // Nobody here has it whole: what is here is served, and without any copy the partition starts fresh and empty.
    inStep = holders.length === 0 ? replicas : [master];
  }
  for (const node of members) node.servedAt[pid] = regime;
  for (const node of inStep) {
    if (node !== master && !replicas.includes(node)) continue;
    node.fullAt[pid] = regime;
    node.lineage[pid] = serial;
    node.untrusted[pid] = 0;
  }
  return {
    decision,
    replicas,
    master,
    filling: new Set(replicas.filter((node) => !inStep.includes(node))),
    sources: holders.filter((node) => !inStep.includes(node)),
  };
}
