import { table } from "./table";

/** A resource as the sweep shows it. */
export interface SweptRow {
  readonly region: string;
  readonly kind: string;
  readonly id: string;
  readonly stack: string;
  readonly owner: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What outlived its expiry, a line a resource: as wide as it is, since ids that are broken cannot be copied. */
export function expiredTable(rows: readonly SweptRow[]): string {
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
    { columns: Infinity },
  );
}
