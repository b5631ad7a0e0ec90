import { setTimeout as rest } from "node:timers/promises";
import { SETS } from "../load/workloads";
import { pairsOf } from "../observe/node-state";
import type { Ask } from "../recover/situation";

/** Milliseconds in which records that are truncated have to be gone. */
const LIMIT = 30_000;

/** Records, each counted by every node that has it, of the sets that loads write. */
export async function recordsOfLoads(
  ids: readonly string[],
  ask: Ask,
  namespace: string,
): Promise<ReadonlyMap<string, number>> {
  const records = new Map<string, number>();
  const answers = await Promise.all(ids.map((id) => ask(id, `sets/${namespace}`)));
  for (const answer of answers) {
    for (const entry of (answer ?? "").split(";")) {
      const set = pairsOf(entry, ":");
      const [name, objects] = [set.get("set") ?? "", Number(set.get("objects") ?? 0)];
      if (objects > 0 && Object.values<string>(SETS).includes(name)) {
        records.set(name, (records.get(name) ?? 0) + objects);
      }
    }
  }
  return records;
}

/**
 * Removes the records of the sets that loads write, and of no other.
 *
 * @throws Error where a node refuses, or they are still there after 30 s.
 */
export async function truncateLoads(ids: readonly string[], ask: Ask, namespace: string): Promise<void> {
  await Promise.all(
    Object.values(SETS).map(async (set) => {
      const answer = await ask(ids[0], `truncate:namespace=${namespace};set=${set}`);
      if (answer !== "ok") {
        throw new Error(`Node ${ids[0]} does not truncate ${set}: it answers "${answer ?? "nothing"}".`);
      }
    }),
  );
  for (const end = Date.now() + LIMIT; (await recordsOfLoads(ids, ask, namespace)).size > 0;) {
    if (Date.now() > end) {
      throw new Error(
        `Records of ${Object.values(SETS).join(", ")} are still there after ${LIMIT / 1000} s.`,
      );
    }
    await rest(200);
  }
}
