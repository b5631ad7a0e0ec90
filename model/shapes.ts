import { ModelError } from "./errors";
import { type Fault, NO_FAULT } from "./fault";

/**
 * Two halves: no node of one hears a node of the other.
 * @throws ModelError if a node is in both: it would not hear itself, as one that is down
 */
export function halves(a: readonly string[], b: readonly string[]): Fault {
  const both = a.filter((id) => b.includes(id));
  if (both.length > 0) throw new ModelError(`${both.join(", ")} in both halves: expected each node in one.`);
  const cannotHear = Object.fromEntries([...a.map((id) => [id, [...b]]), ...b.map((id) => [id, [...a]])]);
  return { ...NO_FAULT, cannotHear };
}

/** One node, or several, that lost all the others of `ids`, and they them. */
export function isolate(ids: readonly string[], ...lost: string[]): Fault {
  return halves(
    lost,
    ids.filter((id) => !lost.includes(id)),
  );
}

/** Two halves with bridges between them: nodes that hear both halves and are heard by both. */
export function bridge(a: readonly string[], b: readonly string[], ...bridges: string[]): Fault {
  const without = (ids: readonly string[]) => ids.filter((id) => !bridges.includes(id));
  return halves(without(a), without(b));
}
