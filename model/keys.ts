import { ripemd160 } from "@noble/hashes/legacy";
import { ModelError } from "./errors";
import { PARTITIONS } from "./partitions";

const utf8 = new TextEncoder();

/** A record's key: an integer of 64 bits (number or bigint), a string or a blob. */
export type Key = number | bigint | string | Uint8Array;

/**
 * Digest of a record: RIPEMD-160 of set name, type byte and key; the namespace is not part of it (specification,
 * section 5).
 *
 * @param set name of the set; "" for none.
 * @returns 20 bytes.
 * @throws ModelError where a number is not a safe integer or a bigint not one of 64 bits.
 */
export function digest(set: string, key: Key): Uint8Array {
  const [type, bytes] = particle(key);
  return ripemd160.create().update(utf8.encode(set)).update(Uint8Array.of(type)).update(bytes).digest();
}

/** Partition of a digest: 12 bits of its first two bytes, 0 to 4095. */
export function partitionOf(recordDigest: Uint8Array): number {
  return (recordDigest[0] | (recordDigest[1] << 8)) & (PARTITIONS - 1);
}

function particle(key: Key): [type: number, bytes: Uint8Array] {
  if (typeof key === "string") return [3, utf8.encode(key)];
  if (typeof key === "object") return [4, key];
  if (typeof key === "number" && !Number.isSafeInteger(key)) {
    throw new ModelError(
      `Key ${key} is not valid: expected an integer of at most 53 bits; give a larger one as a bigint, a fraction as a string.`,
    );
  }
  const value = BigInt(key);
  if (value !== BigInt.asIntN(64, value)) {
    throw new ModelError(`Key ${key} is not valid: an integer key has 64 bits, -2^63 to 2^63 - 1.`);
  }
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigInt64(0, value);
  return [1, new Uint8Array(bytes.buffer)];
}
