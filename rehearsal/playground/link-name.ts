import type { SlowLink, Topology } from "../../model";
import { RefusedError } from "../errors";

/** A link by the name that a user gave it. */
export interface NamedLink {
  /** The same for `London-Paris` and `Paris-London`. */
  readonly name: string;
  readonly between: readonly SlowLink["between"][];
}

/**
 * The link of a name such as `London-Paris`, `eu-west-2-eu-west-3` or `A1B32-Paris`: two ends, each a side, a region or a
 * node; a side that is not a whole region is its nodes.
 *
 * @throws RefusedError where the name is none.
 */
export function linkNamed(
  text: string,
  { nodes }: Topology,
  sides: Readonly<Record<string, readonly string[]>>,
): NamedLink {
  const regions = new Map<string, string[]>();
  for (const { id, region = "local" } of nodes) regions.set(region, [...(regions.get(region) ?? []), id]);
  const whole = (ids: readonly string[]) =>
    [...regions].find(([, own]) => own.length === ids.length && own.every((id) => ids.includes(id)))?.[0];
  const ends = new Map<string, { name: string; ends: readonly string[] }>();
  const add = (name: string, list: readonly string[]) => {
    if (!ends.has(name.toLowerCase())) ends.set(name.toLowerCase(), { name, ends: list });
  };
  for (const [side, ids] of Object.entries(sides)) {
    const region = whole(ids);
    add(side, region === undefined ? ids : [region]);
    if (region !== undefined) ends.set(region.toLowerCase(), ends.get(side.toLowerCase())!);
  }
  for (const region of regions.keys()) add(region, [region]);
  for (const { id } of nodes) add(id, [id]);

  for (let at = text.indexOf("-"); at >= 0; at = text.indexOf("-", at + 1)) {
    const both = [text.slice(0, at), text.slice(at + 1)].map((end) => ends.get(end.trim().toLowerCase()));
    const [a, b] = both.sort((one, other) => ((one?.name ?? "") < (other?.name ?? "") ? -1 : 1));
    if (!a || !b) continue;
    return {
      name: `${a.name}-${b.name}`,
      between: a.ends.flatMap((one) => b.ends.map((other) => [one, other] as const)),
    };
  }
  const names = [...new Set([...ends.values()].map(({ name }) => name))];
  throw new RefusedError(
    `"${text}" is no link: expected two ends of ${names.join(", ")}, as in ${names[0]}-${names[1] ?? names[0]}.`,
  );
}
