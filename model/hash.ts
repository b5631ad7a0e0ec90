import { PARTITIONS } from "./partitions";

/**
 * The two hashes of rendezvous hashing, FNV1a64 and JEN64 (specification, section 1), as pairs of 32-bit halves:
 * BigInt takes some fifty times as long.
 */

/** FNV1a64 of `count` bytes of a 64-bit little-endian number; returns [low, high], each 0 to 2^32 - 1. */
export function fnv1a64(low: number, high: number, count: number): [number, number] {
  let hashLow = 0x84222325;
  let hashHigh = 0xcbf29ce4;
  for (let i = 0; i < count; i++) {
    hashLow = (hashLow ^ (((i < 4 ? low : high) >>> ((i & 3) * 8)) & 0xff)) >>> 0;
    // Times 0x100000001b3 = 2^40 + 0x1b3; both products stay below 2^53.
    const product = hashLow * 0x1b3;
    hashHigh = (hashHigh * 0x1b3 + Math.floor(product / 0x100000000) + hashLow * 0x100) % 0x100000000;
    hashLow = product % 0x100000000;
  }
  return [hashLow, hashHigh];
}

let partitionHashes: Uint8Array | undefined;

/** FNV1a64 of each partition's number (4 bytes): 8 bytes little-endian each, computed once. */
function hashesOfPartitions(): Uint8Array {
  if (!partitionHashes) {
    partitionHashes = new Uint8Array(PARTITIONS * 8);
    const view = new DataView(partitionHashes.buffer);
    for (let pid = 0; pid < PARTITIONS; pid++) {
      const [low, high] = fnv1a64(pid, 0, 4);
      view.setUint32(pid * 8, low, true);
      view.setUint32(pid * 8 + 4, high, true);
    }
  }
  return partitionHashes;
}

/** Where {@link jen64} stopped: the state after a node's bytes, resumed per partition. */
export interface Jen64State {
  low: number;
  high: number;
}

/** JEN64's state after the 8 bytes of a 64-bit little-endian number, without its closing steps. */
export function jen64Start(low: number, high: number): Jen64State {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, low, true);
  new DataView(bytes.buffer).setUint32(4, high, true);
  const state = { low: 0, high: 0 };
  absorb(state, bytes, 0);
  return state;
}

/**
 * JEN64 of a node's hash followed by each partition's hash: writes [low, high] of partition `pid` to
 * `keys[2 * (pid * stride + column)]` and the word after it.
 */
export function jen64OfPartitions(start: Jen64State, keys: Int32Array, stride: number, column: number): void {
  const hashes = hashesOfPartitions();
  const state = { low: 0, high: 0 };
  for (let pid = 0; pid < PARTITIONS; pid++) {
    state.low = start.low;
    state.high = start.high;
    absorb(state, hashes, pid * 8);
    let { low, high } = state;
    // h += h << 3
    let shifted = low << 3;
    let sum = (low + shifted) | 0;
    high = (high + ((high << 3) | (low >>> 29)) + (sum >>> 0 < shifted >>> 0 ? 1 : 0)) | 0;
    low = sum;
    // h ^= h >> 11
    low ^= (low >>> 11) | (high << 21);
    high ^= high >>> 11;
    // h += h << 15
    shifted = low << 15;
    sum = (low + shifted) | 0;
    high = (high + ((high << 15) | (low >>> 17)) + (sum >>> 0 < shifted >>> 0 ? 1 : 0)) | 0;
    keys[2 * (pid * stride + column)] = sum;
    keys[2 * (pid * stride + column) + 1] = high;
  }
}

/** JEN64's step for each of 8 bytes: h += byte; h += h << 10; h ^= h >> 6. */
function absorb(state: Jen64State, bytes: Uint8Array, from: number): void {
  let { low, high } = state;
  for (let i = from; i < from + 8; i++) {
    const byte = bytes[i];
    let sum = (low + byte) | 0;
    high = (high + (sum >>> 0 < byte ? 1 : 0)) | 0;
    low = sum;
    const shifted = low << 10;
    sum = (low + shifted) | 0;
    high = (high + ((high << 10) | (low >>> 22)) + (sum >>> 0 < shifted >>> 0 ? 1 : 0)) | 0;
    low = sum ^ ((sum >>> 6) | (high << 26));
    high ^= high >>> 6;
  }
  state.low = low;
  state.high = high;
}
