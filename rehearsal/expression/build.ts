import { Particle } from "../wire/codes";
import { decodeValue, Double, OrderedMap, Untyped, type Value } from "../wire/msgpack";
import { ARITHMETIC } from "./arithmetic";
import { call } from "./call";
import { Code } from "./codes";
import { COMPARISON } from "./comparison";
import { CONTAINERS } from "./containers";
import { exactly, type Expression, type Forms, invalid, type Source, unsupported } from "./expression";
import { LOGIC } from "./logic";
import { RECORD } from "./record";
import { type Known, Type } from "./worth";

/** Deeper ones are an attack on the stack. */
const MAX_DEPTH = 256;

/** What each code does; another is none that can be built. */
const FORMS: Forms = {
  ...COMPARISON,
  ...LOGIC,
  ...ARITHMETIC,
  ...RECORD,
  ...CONTAINERS,
  [Code.call]: call,
  [Code.quote]: (source, operands) => {
    exactly(operands, 1);
    if (!source.nextIsList) throw invalid("quote of another than a list");
    return constant(Type.list, source.plain().bytes);
  },
  [Code.remove]: (_source, operands) => {
    exactly(operands, 0);
    return constant(Type.remove, null);
  },
  [Code.loopVariable]: () => {
    throw unsupported("variables of a selection by paths");
  },
};

/**
 * The expression at a place of some bytes, its types checked, and its end. Throws {@link MessageError}: 4 where a server cannot build
 * it either, 16 where a rehearsal node does not know what it does.
 */
export function build(bytes: Buffer, at = 0): { expression: Expression; end: number } {
  const builder = new Builder(bytes, at);
  const expression = builder.expression();
  return { expression, end: builder.at };
}

function constant(type: Type, worth: Known): Expression {
  return { type, worth: () => worth };
}

class Builder implements Source {
  readonly variables: Source["variables"] = new Map();
  private depth = 0;

  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  expression(): Expression {
    if (!this.nextIsList) return this.value();
    if (++this.depth > MAX_DEPTH) throw invalid("nested too deeply");
    const elements = this.list();
    const code = elements > 0 ? this.plain().value : undefined;
    const form = typeof code === "number" ? FORMS[code] : undefined;
    if (!form) throw invalid(`no operation has code ${String(code)}`);
    const out = form(this, elements - 1);
    this.depth--;
    return out;
  }

  plain(): { value: Value; bytes: Buffer } {
    const { value, end } = decodeValue(this.bytes, this.at);
    const bytes = this.bytes.subarray(this.at, end);
    this.at = end;
    return { value, bytes };
  }

  name(): string {
    const { value } = this.plain();
    if (!(value instanceof Untyped)) throw invalid("no name where one is wanted");
    return value.text;
  }

  get nextIsList(): boolean {
    const tag = this.bytes[this.at];
    return (tag & 0xf0) === 0x90 || tag === 0xdc || tag === 0xdd;
  }

  list(): number {
    if (!this.nextIsList) throw invalid("no list where one is wanted");
    const tag = this.bytes[this.at];
    const size = tag === 0xdc ? 2 : tag === 0xdd ? 4 : 0;
    if (this.bytes.length - this.at <= size) throw invalid("it ends within a list");
    const count = size === 0 ? tag & 0x0f : this.bytes.readUIntBE(this.at + 1, size);
    this.at += 1 + size;
    if (count > this.bytes.length - this.at) throw invalid("it ends within a list");
    return count;
  }

  since(at: number): Buffer {
    return this.bytes.subarray(at, this.at);
  }

  private value(): Expression {
    const { value, bytes } = this.plain();
    if (value === null) return constant(Type.nil, null);
    if (typeof value === "boolean") return constant(Type.bool, value);
    if (typeof value === "number" || typeof value === "bigint") {
      return constant(Type.integer, BigInt.asIntN(64, BigInt(value)));
    }
    if (value instanceof Double) return constant(Type.float, value.value);
    if (typeof value === "string") return constant(Type.string, textOf(bytes));
    if (Buffer.isBuffer(value)) return constant(Type.blob, value);
    if (value instanceof OrderedMap) return constant(Type.map, bytes);
    const particle = value instanceof Untyped ? value.text.charCodeAt(0) : undefined;
    if (particle === Particle.geojson) return constant(Type.geojson, textOf(bytes));
    if (particle === Particle.hll) return constant(Type.hll, textOf(bytes));
    throw invalid("value of no type");
  }
}

/** The bytes of a text behind its head and its particle type. */
function textOf(bytes: Buffer): Buffer {
  const tag = bytes[0];
  const head = tag < 0xc0 ? 1 : tag === 0xd9 || tag === 0xc4 ? 2 : tag === 0xda || tag === 0xc5 ? 3 : 5;
  return bytes.subarray(head + 1);
}
