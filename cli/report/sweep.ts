import { table } from "./table";
import type { Terminal } from "./terminal";

/** A resource as the sweep shows it. */
export interface SweptRow {
  readonly region: string;
  readonly kind: string;
  readonly id: string;
  readonly stack: string;
  readonly owner: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What outlived its expiry, a line a resource. */
export function expiredTable(rows: readonly SweptRow[], terminal: Terminal): string {
  return table(
    `Expired (${rows.length})`,
    ["Region", "Kind", "Id", "Name", "Stack", "Owner", "Expired at"],
    rows.map(({ region, kind, id, stack, owner, tags }) => [
      region,
      kind,
      id,
      tags.Name ?? "",
      stack,
      owner,
      tags.expires,
    ]),
    terminal,
  );
}
