import { ModelError } from "./errors";

/** A node id as a number of 64 bits. */
export function nodeIdValue(id: string): bigint {
  if (!/^[0-9A-Fa-f]{1,16}$/.test(id)) {
    throw new ModelError(
      `Node id "${id}" is not valid: expected 1 to 16 hexadecimal digits, as asadm shows it (A352).`,
    );
  }
  return BigInt(`0x${id}`);
}

/** Sorts by numeric node id, highest first: the principal of a cluster stands at 0. */
export function byIdDescending(a: string, b: string): number {
  const [left, right] = [nodeIdValue(a), nodeIdValue(b)];
  return left === right ? 0 : left > right ? -1 : 1;
}
