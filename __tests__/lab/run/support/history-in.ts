import { join } from "node:path";
import type { HistoryOperation } from "../../../../lab/history";
import { readLedger } from "../../../../lab/load/ledger";

/** All operations of ledgers in a run's folder. */
export function historyIn(folder: string, ledgers: readonly string[]): HistoryOperation[] {
  return ledgers.flatMap((name) => [...readLedger(join(folder, name)).operations]);
}
