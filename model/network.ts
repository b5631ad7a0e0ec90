import { ModelError } from "./errors";
import { byIdDescending } from "./node-id";
import type { CannotHear } from "./topology";

/** Who hears whom among the nodes of a cluster. Nodes are numbers here: their places by id, the lowest id first. */
export interface Network {
  readonly ids: readonly string[];
  /** Ids by number. */
  readonly byNumber: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  /** Numbers of the nodes that are up, lowest first: a node that is down does not hear even itself. */
  readonly up: readonly number[];
  /** Whether two nodes hear each other; a link that works one way only does not work. */
  linked(a: number, b: number): boolean;
  /** True where some pair of nodes that are up hears each other one way only. */
  readonly oneWay: boolean;
}

/** @throws ModelError where the fault names a node that is not among `ids`. */
export function networkOf(ids: readonly string[], cannotHear: CannotHear): Network {
  const byNumber = [...ids].sort(byIdDescending).reverse();
  const numbers = new Map(byNumber.map((id, number) => [id, number]));
  const size = ids.length;
  const deaf = new Uint8Array(size * size);
  for (const [id, others] of Object.entries(cannotHear)) {
    for (const other of [id, ...others]) {
      if (numbers.has(other)) continue;
      throw new ModelError(
        `The fault names node "${other}", which is not in the topology: expected one of ${ids.join(", ")}.`,
      );
    }
    for (const other of others) deaf[numbers.get(id)! * size + numbers.get(other)!] = 1;
  }
  const up = byNumber.flatMap((_, number) => (deaf[number * size + number] ? [] : [number]));
  return {
    ids,
    byNumber,
    numbers,
    up,
    linked: (a, b) => deaf[a * size + b] === 0 && deaf[b * size + a] === 0,
    oneWay: up.some((a) => up.some((b) => deaf[a * size + b] !== deaf[b * size + a])),
  };
}

/**
 * `x` and those of `among` linked to it, without the nodes (never `x`) with the most missing links inside, of equals the
 * lowest id, one after another until all are linked (specification, section 3, line 2). Lowest first.
 */
export function clique({ linked }: Network, x: number, among: readonly number[]): number[] {
  const nodes = [x, ...among.filter((other) => other !== x && linked(x, other))].sort((a, b) => a - b);
  const missing = new Map(
    nodes.map((node) => [node, nodes.filter((other) => other !== node && !linked(node, other)).length]),
  );
  for (;;) {
    // All are linked to x, so that it misses none.
    const worst = nodes.reduce((a, b) => (missing.get(b)! > missing.get(a)! ? b : a));
    if (missing.get(worst) === 0) return nodes;
    nodes.splice(nodes.indexOf(worst), 1);
    for (const node of nodes) if (!linked(node, worst)) missing.set(node, missing.get(node)! - 1);
  }
}
