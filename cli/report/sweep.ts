import { table } from "./table";

/** A resource as the sweep shows it. */
export interface SweptRow {
  readonly region: string;
  readonly kind: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What outlived its expiry, a line a resource. */
export function expiredTable(rows: readonly SweptRow[]): string {
  return table(
    `Expired (${rows.length})`,
    ["Region", "Kind", "Id", "Name", "Scenario", "Owner", "Expired at"],
    rows.map(({ region, kind, id, tags }) => [
      region,
      kind,
      id,
      tags.Name ?? "",
      tags.scenario,
      tags.owner ?? "",
      tags.expires,
    ]),
  );
}
