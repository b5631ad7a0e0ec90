import { Op } from "../wire/codes";
import { MessageError, type MessageOp } from "../wire/message";
import type { StoredRecord } from "./record";

/** A bin of a record. */
export interface Bin {
  readonly name: string;
  readonly particle: number;
  readonly value: Buffer;
}

/** Bins of a record, in its own order. */
export function binsOf(record: Pick<StoredRecord, "bins" | "binCount">): Bin[] {
  const out: Bin[] = [];
  const { bins } = record;
  for (let at = 0; at < bins.length;) {
    const end = at + 4 + bins.readUInt32BE(at);
    const valueAt = at + 8 + bins[at + 7];
    out.push({
      name: bins.toString("latin1", at + 8, valueAt),
      particle: bins[at + 5],
      value: bins.subarray(valueAt, end),
    });
    at = end;
  }
  return out;
}

const SLAB = 64 * 1024;
let slab = Buffer.alloc(0);

/** Memory for what a record keeps: out of slabs of its own, so that no short-lived buffer is kept alive with it. */
export function keptBuffer(size: number): Buffer {
  if (size > SLAB / 4) return Buffer.allocUnsafeSlow(size);
  if (slab.length < size) slab = Buffer.allocUnsafeSlow(SLAB);
  const out = slab.subarray(0, size);
  slab = slab.subarray(size);
  return out;
}

/** Bins as the operations of a response. */
export function encodeBins(
  bins: readonly Bin[],
  allocate: (size: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  let size = 0;
  for (const bin of bins) size += 8 + bin.name.length + bin.value.length;
  const out = allocate(size);
  let at = 0;
  for (const { name, particle, value } of bins) {
    if (name.length > 255) throw new MessageError("bin name of more than 255 bytes");
    out.writeUInt32BE(4 + name.length + value.length, at);
    out[at + 4] = Op.read;
    out[at + 5] = particle;
    out[at + 6] = 0;
    out[at + 7] = name.length;
    out.write(name, at + 8, "latin1");
    value.copy(out, at + 8 + name.length);
    at += 8 + name.length + value.length;
  }
  return out;
}

/** A bin as an operation of a response. */
export function binOp(bin: Bin, op: number = Op.read): MessageOp {
  return { op, particle: bin.particle, version: 0, name: bin.name, value: bin.value };
}
