import { MessageError } from "./message";

/** An integer is a number where it is safe, else a bigint; strings and blobs carry Aerospike's particle type as their first byte. */
export type Value =
  null | boolean | number | bigint | Double | string | Buffer | Untyped | Value[] | OrderedMap | Ext;

/** A double, kept apart from integers. */
export class Double {
  constructor(readonly value: number) {}
}

/** A text without a particle type: bin names in filter expressions. */
export class Untyped {
  constructor(readonly text: string) {}
}

/** A map, its pairs in the order of the wire. */
export class OrderedMap {
  constructor(readonly pairs: [Value, Value][]) {}
}

/** An extension: Aerospike marks the order of a list or map with one as its first element or key. */
export class Ext {
  constructor(
    readonly type: number,
    readonly data: Buffer,
  ) {}
}

const STRING = 3;
const BLOB = 4;
/** Deeper nesting than any document of use; deeper bytes are an attack on the stack. */
const MAX_DEPTH = 64;

/** Decodes the element at `offset`. Throws {@link MessageError} on bytes that are none. */
export function decodeValue(bytes: Buffer, offset = 0, depth = 0): { value: Value; end: number } {
  const reader = new Reader(bytes, offset);
  return { value: reader.value(depth), end: reader.at };
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  value(depth: number): Value {
    if (depth > MAX_DEPTH) throw new MessageError("nested too deeply");
    const tag = this.bytes[this.take(1)];
    if (tag <= 0x7f) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    if (tag <= 0x8f) return this.map(tag & 0x0f, depth);
    if (tag <= 0x9f) return this.list(tag & 0x0f, depth);
    if (tag <= 0xbf) return this.text(tag & 0x1f);
    return this.tagged(tag, depth);
  }

  private tagged(tag: number, depth: number): Value {
    const { bytes } = this;
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xd9:
        return this.text(bytes[this.take(1)]);
      case 0xc5:
      case 0xda:
        return this.text(bytes.readUInt16BE(this.take(2)));
      case 0xc6:
      case 0xdb:
        return this.text(bytes.readUInt32BE(this.take(4)));
      case 0xc7:
        return this.ext(bytes[this.take(1)]);
      case 0xc8:
        return this.ext(bytes.readUInt16BE(this.take(2)));
      case 0xc9:
        return this.ext(bytes.readUInt32BE(this.take(4)));
      case 0xca:
        return new Double(bytes.readFloatBE(this.take(4)));
      case 0xcb:
        return new Double(bytes.readDoubleBE(this.take(8)));
      case 0xcc:
        return bytes[this.take(1)];
      case 0xcd:
        return bytes.readUInt16BE(this.take(2));
      case 0xce:
        return bytes.readUInt32BE(this.take(4));
      case 0xcf:
        return narrow(bytes.readBigUInt64BE(this.take(8)));
      case 0xd0:
        return bytes.readInt8(this.take(1));
      case 0xd1:
        return bytes.readInt16BE(this.take(2));
      case 0xd2:
        return bytes.readInt32BE(this.take(4));
      case 0xd3:
        return narrow(bytes.readBigInt64BE(this.take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.ext(1 << (tag - 0xd4));
      case 0xdc:
        return this.list(bytes.readUInt16BE(this.take(2)), depth);
      case 0xdd:
        return this.list(bytes.readUInt32BE(this.take(4)), depth);
      case 0xde:
        return this.map(bytes.readUInt16BE(this.take(2)), depth);
      case 0xdf:
        return this.map(bytes.readUInt32BE(this.take(4)), depth);
      default:
        throw new MessageError(`no msgpack element begins with 0x${tag.toString(16)}`);
    }
  }

  private take(size: number): number {
    if (this.bytes.length - this.at < size) throw new MessageError("msgpack ends within an element");
    this.at += size;
    return this.at - size;
  }

  private text(size: number): Value {
    const start = this.take(size);
    const raw = this.bytes.subarray(start, start + size);
    if (raw[0] === STRING) return raw.toString("utf8", 1);
    if (raw[0] === BLOB) return raw.subarray(1);
    return new Untyped(raw.toString("latin1"));
  }

  private ext(size: number): Ext {
    const type = this.bytes[this.take(1)];
    const start = this.take(size);
    return new Ext(type, this.bytes.subarray(start, start + size));
  }

  private list(count: number, depth: number): Value[] {
    const out: Value[] = [];
    for (let i = 0; i < count; i++) out.push(this.value(depth + 1));
    return out;
  }

  private map(count: number, depth: number): OrderedMap {
    const pairs: [Value, Value][] = [];
    for (let i = 0; i < count; i++) pairs.push([this.value(depth + 1), this.value(depth + 1)]);
    return new OrderedMap(pairs);
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Encodes an element as servers do: the shortest form of each, blobs as texts. */
export function encodeValue(value: Value): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Value, out: Buffer[]): void {
  if (value === null) out.push(Buffer.of(0xc0));
  else if (typeof value === "boolean") out.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === "number" || typeof value === "bigint") out.push(integer(value));
  else if (value instanceof Double) out.push(double(value.value));
  else if (typeof value === "string") out.push(text(Buffer.from(`\x03${value}`, "utf8"), 0xd9));
  else if (Buffer.isBuffer(value)) out.push(text(Buffer.concat([Buffer.of(BLOB), value]), 0xd9));
  else if (value instanceof Untyped) out.push(text(Buffer.from(value.text, "latin1"), 0xd9));
  else if (value instanceof Ext) out.push(ext(value));
  else if (value instanceof OrderedMap) {
    out.push(count(value.pairs.length, 0x80, 0xde));
    for (const [key, item] of value.pairs) {
      write(key, out);
      write(item, out);
    }
  } else {
    out.push(count(value.length, 0x90, 0xdc));
    for (const item of value) write(item, out);
  }
}

function integer(value: number | bigint): Buffer {
  if (value >= 0) {
    if (value <= 0x7f) return Buffer.of(Number(value));
    if (value <= 0xff) return Buffer.of(0xcc, Number(value));
    if (value <= 0xffff) return sized(0xcd, 2, (b) => b.writeUInt16BE(Number(value), 1));
    if (value <= 0xffffffff) return sized(0xce, 4, (b) => b.writeUInt32BE(Number(value), 1));
    return sized(0xcf, 8, (b) => b.writeBigUInt64BE(BigInt(value), 1));
  }
  if (value >= -32) return Buffer.of(Number(value) & 0xff);
  if (value >= -0x80) return sized(0xd0, 1, (b) => b.writeInt8(Number(value), 1));
  if (value >= -0x8000) return sized(0xd1, 2, (b) => b.writeInt16BE(Number(value), 1));
  if (value >= -0x80000000) return sized(0xd2, 4, (b) => b.writeInt32BE(Number(value), 1));
  return sized(0xd3, 8, (b) => b.writeBigInt64BE(BigInt(value), 1));
}

function sized(tag: number, size: number, fill: (out: Buffer) => void): Buffer {
  const out = Buffer.alloc(1 + size);
  out[0] = tag;
  fill(out);
  return out;
}

function double(value: number): Buffer {
  return sized(0xcb, 8, (b) => b.writeDoubleBE(value, 1));
}

function text(data: Buffer, tag8: number): Buffer {
  const size = data.length;
  let head: Buffer;
  // Aerospike writes blobs, too, with the short string form.
  if (size <= 31) head = Buffer.of(0xa0 | size);
  else if (size <= 0xff) head = Buffer.of(tag8, size);
  else if (size <= 0xffff) head = sized(tag8 + 1, 2, (b) => b.writeUInt16BE(size, 1));
  else head = sized(tag8 + 2, 4, (b) => b.writeUInt32BE(size, 1));
  return Buffer.concat([head, data]);
}

function ext(value: Ext): Buffer {
  const size = value.data.length;
  const fixed = [1, 2, 4, 8, 16].indexOf(size);
  if (fixed >= 0) return Buffer.concat([Buffer.of(0xd4 + fixed, value.type), value.data]);
  if (size <= 0xff) return Buffer.concat([Buffer.of(0xc7, size, value.type), value.data]);
  const head = sized(0xc9, 4, (b) => b.writeUInt32BE(size, 1));
  return Buffer.concat([head, Buffer.of(value.type), value.data]);
}

/** Head of a list (0x90) or a map (0x80) of `n` elements. */
export function count(n: number, short: number, long: number): Buffer {
  if (n <= 15) return Buffer.of(short | n);
  if (n <= 0xffff) return sized(long, 2, (b) => b.writeUInt16BE(n, 1));
  return sized(long + 1, 4, (b) => b.writeUInt32BE(n, 1));
}
