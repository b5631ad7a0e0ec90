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
    const end = start + size;
    if (size > 0 && this.bytes[start] === STRING) return this.bytes.toString("utf8", start + 1, end);
    if (size > 0 && this.bytes[start] === BLOB) return this.bytes.subarray(start + 1, end);
    return new Untyped(this.bytes.toString("latin1", start, end));
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
  const writer = new Writer();
  writer.value(value);
  return writer.written;
}

/** Writes elements one behind the other into a buffer that grows. */
class Writer {
  private bytes = Buffer.allocUnsafe(256);
  private end = 0;

  get written(): Buffer {
    return this.bytes.subarray(0, this.end);
  }

  value(value: Value): void {
    if (value === null) this.byte(0xc0);
    else if (typeof value === "boolean") this.byte(value ? 0xc3 : 0xc2);
    else if (typeof value === "number" || typeof value === "bigint") this.integer(value);
    else if (value instanceof Double) this.double(value.value);
    else if (typeof value === "string") this.string(value);
    else if (Buffer.isBuffer(value)) this.blob(value);
    else if (value instanceof Untyped) this.untyped(value.text);
    else if (value instanceof Ext) this.ext(value);
    else if (value instanceof OrderedMap) {
      this.count(value.pairs.length, 0x80, 0xde);
      for (const [key, item] of value.pairs) {
        this.value(key);
        this.value(item);
      }
    } else {
      this.count(value.length, 0x90, 0xdc);
      for (const item of value) this.value(item);
    }
  }

  /** Makes room for so many bytes; gives where they begin. The buffer may be another one then. */
  private room(size: number): number {
    const at = this.end;
    this.end += size;
    if (this.end > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.end);
      this.bytes.copy(larger, 0, 0, at);
      this.bytes = larger;
    }
    return at;
  }

  private byte(byte: number): void {
    const at = this.room(1);
    this.bytes[at] = byte;
  }

  /** A tag, and behind it a number from 0 on in so many bytes. */
  private unsigned(tag: number, size: number, value: number): void {
    const at = this.room(1 + size);
    this.bytes[at] = tag;
    this.bytes.writeUIntBE(value, at + 1, size);
  }

  private signed(tag: number, size: number, value: number): void {
    const at = this.room(1 + size);
    this.bytes[at] = tag;
    this.bytes.writeIntBE(value, at + 1, size);
  }

  private integer(value: number | bigint): void {
    if (value >= 0) {
      if (value <= 0x7f) this.byte(Number(value));
      else if (value <= 0xff) this.unsigned(0xcc, 1, Number(value));
      else if (value <= 0xffff) this.unsigned(0xcd, 2, Number(value));
      else if (value <= 0xffffffff) this.unsigned(0xce, 4, Number(value));
      else {
        const at = this.room(9);
        this.bytes[at] = 0xcf;
        this.bytes.writeBigUInt64BE(BigInt(value), at + 1);
      }
    } else if (value >= -32) this.byte(Number(value) & 0xff);
    else if (value >= -0x80) this.signed(0xd0, 1, Number(value));
    else if (value >= -0x8000) this.signed(0xd1, 2, Number(value));
    else if (value >= -0x80000000) this.signed(0xd2, 4, Number(value));
    else {
      const at = this.room(9);
      this.bytes[at] = 0xd3;
      this.bytes.writeBigInt64BE(BigInt(value), at + 1);
    }
  }

  private double(value: number): void {
    const at = this.room(9);
    this.bytes[at] = 0xcb;
    this.bytes.writeDoubleBE(value, at + 1);
  }

  private string(text: string): void {
    const size = Buffer.byteLength(text, "utf8");
    this.textHead(1 + size);
    this.byte(STRING);
    const at = this.room(size);
    this.bytes.write(text, at, "utf8");
  }

  private blob(data: Buffer): void {
    this.textHead(1 + data.length);
    this.byte(BLOB);
    this.data(data);
  }

  private untyped(text: string): void {
    this.textHead(text.length);
    const at = this.room(text.length);
    this.bytes.write(text, at, "latin1");
  }

  private data(data: Buffer): void {
    const at = this.room(data.length);
    data.copy(this.bytes, at);
  }

  /** Aerospike writes blobs, too, with the short string form. */
  private textHead(size: number): void {
    if (size <= 31) this.byte(0xa0 | size);
    else if (size <= 0xff) this.unsigned(0xd9, 1, size);
    else if (size <= 0xffff) this.unsigned(0xda, 2, size);
    else this.unsigned(0xdb, 4, size);
  }

  private ext({ type, data }: Ext): void {
    const fixed = [1, 2, 4, 8, 16].indexOf(data.length);
    if (fixed >= 0) this.byte(0xd4 + fixed);
    else if (data.length <= 0xff) this.unsigned(0xc7, 1, data.length);
    else this.unsigned(0xc9, 4, data.length);
    this.byte(type);
    this.data(data);
  }

  /** Head of a list (0x90) or a map (0x80) of `n` elements. */
  private count(n: number, short: number, long: number): void {
    if (n <= 15) this.byte(short | n);
    else if (n <= 0xffff) this.unsigned(long, 2, n);
    else this.unsigned(long + 1, 4, n);
  }
}
