import type { SlowLink } from "./slow-link";
import type { CannotHear } from "./topology";

/** Node ids by region: what clients of the region meet there. */
export type NodesByRegion = Readonly<Record<string, readonly string[]>>;

/** What an experiment breaks, as plain data: what the plan says, the preview shows and the rehearsal does. */
export interface Fault {
  /** Nodes that each node cannot hear. */
  readonly cannotHear: CannotHear;
  /** Nodes that refuse new connections from a region, of clients and of nodes; established ones go on. */
  readonly refuses: NodesByRegion;
  /**
   * Nodes whose packets clients of a region lose.
   * @default for each region the nodes that most of its own nodes have lost
   */
  readonly clientsLose?: NodesByRegion;
  /** Links that are slow, or lose packets now and then. @default none */
  readonly links?: readonly SlowLink[];
  /** What it does beside that, a line each. */
  readonly notes: readonly string[];
  /**
   * Why no timer can end it, in words.
   * @default one can
   */
  readonly endsOnlyByHand?: string;
}

/** Nothing is broken. */
export const NO_FAULT: Fault = { cannotHear: {}, refuses: {}, notes: [] };

/** The name that heals: no fault has it. */
export const NONE = "none";

/** What several faults do together. */
export function combined(faults: readonly Fault[]): Fault {
  const losing = faults.flatMap(({ clientsLose }) => (clientsLose ? [clientsLose] : []));
  const links = faults.flatMap((fault) => fault.links ?? []);
  const reason = faults.find(({ endsOnlyByHand }) => endsOnlyByHand !== undefined)?.endsOnlyByHand;
  return {
    cannotHear: union(faults.map(({ cannotHear }) => cannotHear)),
    refuses: union(faults.map(({ refuses }) => refuses)),
    ...(losing.length > 0 && { clientsLose: union(losing) }),
    ...(links.length > 0 && { links }),
    notes: faults.flatMap(({ notes }) => notes),
    ...(reason !== undefined && { endsOnlyByHand: reason }),
  };
}

/** Lists by name, those of the same name put together. */
function union(parts: readonly NodesByRegion[]): Record<string, string[]> {
  const all = new Map<string, Set<string>>();
  for (const [name, list] of parts.flatMap((part) => Object.entries(part))) {
    all.set(name, new Set([...(all.get(name) ?? []), ...list]));
  }
  return Object.fromEntries([...all].map(([name, list]) => [name, [...list]]));
}
