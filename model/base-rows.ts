import { fnv1a64, jen64OfPartitions, jen64Start } from "./hash";
import { nodeIdValue } from "./node-id";
import { PARTITIONS } from "./partitions";

/**
 * Rows of succession by rendezvous hashing alone (specification, section 1): for each partition every node, in order
 * of preference.
 *
 * @param ids node ids by numeric id, descending; a node's number is its index here.
 * @returns 4096 rows of `ids.length` node numbers each, one after another.
 */
export function baseRows(ids: readonly string[]): Uint8Array {
  const size = ids.length;
  const buffer = new ArrayBuffer(PARTITIONS * size * 8);
  const halves = new Int32Array(buffer);
  ids.forEach((id, number) => {
    const value = nodeIdValue(id);
    const [low, high] = fnv1a64(Number(value & 0xffffffffn), Number(value >> 32n), 8);
    jen64OfPartitions(jen64Start(low, high), halves, size, number);
  });

  // The lowest byte of a key is its node's number: sorting the keys alone sorts the nodes. (Little-endian machines.)
  const bytes = new Uint8Array(buffer);
  for (let entry = 0; entry < PARTITIONS * size; entry++) bytes[entry * 8] = entry % size;
  const keys = new BigUint64Array(buffer);
  const rows = new Uint8Array(PARTITIONS * size);
  for (let start = 0; start < rows.length; start += size) {
    keys.subarray(start, start + size).sort();
    for (let r = 0; r < size; r++) rows[start + r] = bytes[(start + size - 1 - r) * 8];
  }
  return rows;
}
