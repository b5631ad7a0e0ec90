import { table } from "./table";
import type { Terminal } from "./terminal";

/** A trace of a fault, as it is shown. */
export interface TraceRow {
  readonly region: string;
  readonly kind: string;
  readonly id: string;
  readonly what: string;
  readonly fault: string;
}

/** What faults left, a line a trace. */
export function tracesTable(rows: readonly TraceRow[], terminal: Terminal): string {
  return table(
    `Left by faults (${rows.length})`,
    ["Region", "What", "Id", "", "Fault"],
    rows.map(({ region, kind, id, what, fault }) => [region, kind, id, what, fault]),
    terminal,
  );
}
