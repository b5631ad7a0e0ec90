import { Particle } from "../wire/codes";
import { Code } from "./codes";
import { exactly, type Form, type Forms, invalid, type Subject } from "./expression";
import { Type, typeOf, type Worth, worthOf } from "./worth";

const EPOCH_2010 = 1262304000n;

/** What a record's index or storage says of it. */
function metadata(type: Type, of: (subject: Subject) => Worth): Form {
  return (_source, operands) => {
    exactly(operands, 0);
    return { type, worth: ({ subject }) => of(subject) };
  };
}

const integer = (of: (subject: Subject) => bigint): Form => metadata(Type.integer, of);

/** The last four bytes of the digest, as a little-endian number, modulo what is given. */
const digestModulo: Form = (source, operands) => {
  exactly(operands, 1);
  const { value } = source.plain();
  if (typeof value !== "number" && typeof value !== "bigint")
    throw invalid("modulo of another than an integer");
  const modulo = BigInt.asIntN(32, BigInt(value));
  if (modulo === 0n) throw invalid("modulo 0");
  return {
    type: Type.integer,
    worth: ({ subject }) => BigInt(Buffer.from(subject.digest, "latin1").readUInt32LE(16)) % modulo,
  };
};

const KEYS: readonly Type[] = [Type.integer, Type.string, Type.blob];

const key: Form = (source, operands) => {
  exactly(operands, 1);
  const type = typeOf(source.plain().value);
  if (type === undefined || !KEYS.includes(type)) throw invalid("key of a type that keys have not");
  return {
    type,
    worth: ({ subject }) => {
      const stored = subject.key;
      if (!stored) return undefined;
      if (stored[0] === Particle.integer && stored.length !== 9) return undefined;
      return worthOf(type, { particle: stored[0], value: stored.subarray(1) });
    },
  };
};

const MAX_BIN_NAME = 15;

function binName(name: string): string {
  if (name.length > MAX_BIN_NAME) throw invalid(`bin name of more than ${MAX_BIN_NAME} bytes`);
  return name;
}

const bin: Form = (source, operands) => {
  exactly(operands, 2);
  const type = typeOf(source.plain().value);
  const name = binName(source.name());
  if (type === undefined) throw invalid("bin of no type");
  return {
    type,
    worth: ({ subject }) => {
      const found = subject.bin(name);
      return found && worthOf(type, found);
    },
  };
};

const binType: Form = (source, operands) => {
  exactly(operands, 1);
  const name = binName(source.name());
  return { type: Type.integer, worth: ({ subject }) => BigInt(subject.bin(name)?.particle ?? Particle.null) };
};

const secondsSince2010 = (ms: number): bigint => BigInt(Math.floor(ms / 1000)) - EPOCH_2010;

/** The record: its bins, its key, and what is known of it without them. */
export const RECORD: Forms = {
  [Code.digestModulo]: digestModulo,
  [Code.deviceSize]: integer(({ size, inMemory }) => (inMemory ? 0n : BigInt(size))),
  [Code.memorySize]: integer(({ size, inMemory }) => (inMemory ? BigInt(size) : 0n)),
  [Code.recordSize]: integer(({ size }) => BigInt(size)),
  // Times are nanoseconds since 1970, spans of time since an update milliseconds, lives seconds.
  [Code.lastUpdate]: integer(({ lastUpdate }) => BigInt(lastUpdate) * 1_000_000n),
  [Code.sinceUpdate]: integer(({ lastUpdate, now }) => BigInt(Math.max(0, now - lastUpdate))),
  [Code.voidTime]: integer(({ voidTime }) =>
    voidTime === 0 ? -1n : (BigInt(voidTime) + EPOCH_2010) * 1_000_000_000n,
  ),
  [Code.ttl]: integer(({ voidTime, now }) => {
    if (voidTime === 0) return -1n;
    const left = BigInt(voidTime) - secondsSince2010(now);
    return left > 0n ? left : 1n;
  }),
  [Code.setName]: metadata(Type.string, ({ set }) => Buffer.from(set, "utf8")),
  [Code.keyExists]: metadata(Type.bool, (subject) => subject.key !== undefined),
  // What is gone is not asked.
  [Code.isTombstone]: metadata(Type.bool, () => false),
  [Code.key]: key,
  [Code.bin]: bin,
  [Code.binType]: binType,
};
