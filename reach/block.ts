import { ReachError } from "./errors";

/** IPv4 addresses from the first to the last, as whole numbers of 32 bits. */
export interface Block {
  readonly first: number;
  readonly last: number;
  /** Length of the prefix, 0 to 32. */
  readonly length: number;
}

/** All addresses. */
export const EVERYWHERE: Block = { first: 0, last: 2 ** 32 - 1, length: 0 };

/**
 * A block of addresses (`10.0.0.0/16`), or one address (`10.0.0.4`), in the manner of AWS's: bits beyond the prefix count
 * for nothing.
 *
 * @throws ReachError where it is neither
 */
export function blockOf(text: string): Block {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  const parts = match?.slice(1, 5).map(Number) ?? [];
  const length = Number(match?.[5] ?? 32);
  if (match === null || parts.some((part) => part > 255) || length > 32) {
    throw new ReachError(`"${text}" is no IPv4 address or block: expected such as 10.0.0.4 or 10.0.0.0/16.`);
  }
  const size = 2 ** (32 - length);
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const first = address - (address % size);
  return { first, last: first + size - 1, length };
}

/** A block in words, `10.0.0.0/16`; a single address without its prefix. */
export function blockText({ first, length }: Block): string {
  const parts = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return parts.join(".") + (length === 32 ? "" : `/${length}`);
}

/** Whether a block holds another: `all` of its addresses, `none` of them, or `some`. */
export function holds(block: Block, other: Block): "all" | "none" | "some" {
  if (block.first <= other.first && other.last <= block.last) return "all";
  return block.last < other.first || other.last < block.first ? "none" : "some";
}
