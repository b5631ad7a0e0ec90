import { type Decided, decidedByOneOf } from "./answer";
import type { Block } from "./block";
import type { OneOf, Subnet } from "./facts";

/** Where packets start or end; what is absent is not known. */
export interface End {
  /** Its address, or the block that it is in. */
  readonly address?: Block;
  readonly subnet?: Subnet;
  /** Id of the VPC. */
  readonly vpc?: string;
}

/** A way that packets may take: how long its prefix is, and what becomes of them. */
export interface Way {
  readonly length: number;
  /** False where it may not be there, or not be about them. */
  readonly certain: boolean;
  readonly decided: Decided;
}

/** The longest prefix decides; where the longest may not be there, the next one may. */
export function longest(ways: readonly Way[], none: Decided): Decided {
  const possible: Decided[] = [];
  for (const way of [...ways].sort((a, b) => b.length - a.length)) {
    possible.push(way.decided);
    if (way.certain) return decidedByOneOf(possible);
  }
  return decidedByOneOf([...possible, none]);
}

/** Ids of what a thing may be; undefined: anything. */
export function idsOf(one: OneOf): (string | undefined)[] {
  return one.length === 0 ? [undefined] : [...one];
}
