import { binsOf } from "../cluster/bins";
import type { StoredRecord } from "../cluster/record";
import { Particle } from "../wire/codes";
import { MessageError } from "../wire/message";
import { decodeValue, Double, Untyped, type Value } from "../wire/msgpack";

const Code = { eq: 1, ne: 2, gt: 3, ge: 4, lt: 5, le: 6, and: 16, or: 17, not: 18, bin: 81 } as const;

/** What an expression is worth; undefined = unknown (a bin that is not there). */
type Worth = bigint | number | string | boolean | undefined;

/**
 * Whether a record passes a filter expression: comparisons of integer, float and string bins with values, joined by
 * and, or, not. Throws {@link MessageError} on any other expression.
 */
export function matches(filter: Buffer, record: StoredRecord): boolean {
  return evaluate(decodeValue(filter).value, record) === true;
}

function evaluate(expression: Value, record: StoredRecord): Worth {
  if (typeof expression === "number" || typeof expression === "bigint") return BigInt(expression);
  if (typeof expression === "string" || typeof expression === "boolean") return expression;
  if (expression instanceof Double) return expression.value;
  if (!Array.isArray(expression)) throw unsupported();
  const [code, ...args] = expression;
  switch (code) {
    case Code.bin:
      return binWorth(args[1], record);
    case Code.and:
      return args.every((arg) => evaluate(arg, record) === true);
    case Code.or:
      return args.some((arg) => evaluate(arg, record) === true);
    case Code.not:
      return evaluate(args[0], record) === false;
    default:
      return compare(code, evaluate(args[0], record), evaluate(args[1], record));
  }
}

function compare(code: Value, a: Worth, b: Worth): boolean | undefined {
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  switch (code) {
    case Code.eq:
      return a === b;
    case Code.ne:
      return a !== b;
    case Code.gt:
      return a > b;
    case Code.ge:
      return a >= b;
    case Code.lt:
      return a < b;
    case Code.le:
      return a <= b;
    default:
      throw unsupported();
  }
}

function binWorth(name: Value, record: StoredRecord): Worth {
  if (!(name instanceof Untyped)) throw unsupported();
  const bin = binsOf(record).find((one) => one.name === name.text);
  switch (bin?.particle) {
    case Particle.integer:
      return bin.value.readBigInt64BE();
    case Particle.float:
      return bin.value.readDoubleBE();
    case Particle.string:
      return bin.value.toString("utf8");
    case Particle.bool:
      return bin.value[0] === 1;
    default:
      return undefined;
  }
}

function unsupported(): MessageError {
  return new MessageError("filter expression of a kind that a rehearsal node does not know");
}
