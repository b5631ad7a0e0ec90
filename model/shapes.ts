import type { CannotHear } from "./topology";

/** Two halves: no node of one hears a node of the other. */
export function halves(a: readonly string[], b: readonly string[]): CannotHear {
  return Object.fromEntries([...a.map((id) => [id, [...b]]), ...b.map((id) => [id, [...a]])]);
}

/** One node, or several, that lost all the others of `ids`, and they them. */
export function isolate(ids: readonly string[], ...lost: string[]): CannotHear {
  return halves(
    lost,
    ids.filter((id) => !lost.includes(id)),
  );
}

/** Two halves with bridges between them: nodes that hear both halves and are heard by both. */
export function bridge(a: readonly string[], b: readonly string[], ...bridges: string[]): CannotHear {
  const without = (ids: readonly string[]) => ids.filter((id) => !bridges.includes(id));
  return halves(without(a), without(b));
}
