import { isBefore } from "../../model";
import type { Layer } from "./settings";

/** Servers that have something: from `since` on, before `until`. @default every server */
export interface Versions {
  readonly since?: string;
  readonly until?: string;
}

/** Whether a server is one of these. */
export function has(version: string, { since, until }: Versions): boolean {
  return (
    !(since !== undefined && isBefore(version, since)) && !(until !== undefined && !isBefore(version, until))
  );
}

/** A name and its value, and which servers have it (names by the public source of each). */
export type Known = readonly [name: string, value: string, versions?: Versions];

/** What a server has of it, in its order. */
export function ofServer(version: string, known: readonly Known[]): Layer {
  return known.flatMap(([name, value, versions]) =>
    versions === undefined || has(version, versions) ? [[name, value] as const] : [],
  );
}
