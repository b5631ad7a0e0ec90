import { Code } from "./codes";
import type { Form, Forms } from "./expression";
import { allOf, strict } from "./strict";
import { Type, type Worth } from "./worth";

const NUMBERS = [Type.integer, Type.float];
const LEAST = -(2n ** 63n);

/** Integers have 64 bits and go round. */
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** All operands one after another, integers or floats. */
function folded(integers: (a: bigint, b: bigint) => bigint, floats: (a: number, b: number) => number): Form {
  return strict(undefined, allOf(NUMBERS), (type) =>
    type === Type.integer
      ? (operands) => (operands as bigint[]).reduce((a, b) => wrap(integers(a, b)))
      : (operands) => (operands as number[]).reduce(floats),
  );
}

/** One operand, integer or float. */
function single(integer: (a: bigint) => bigint, float: (a: number) => number): Form {
  return strict(1, allOf(NUMBERS), (type) =>
    type === Type.integer ? ([a]) => wrap(integer(a as bigint)) : ([a]) => float(a as number),
  );
}

const ofFloats = (
  count: number,
  operation: (a: number, b: number) => Worth,
  result: Type = Type.float,
): Form =>
  strict(
    count,
    allOf([Type.float], result),
    () =>
      ([a, b]) =>
        operation(a as number, b as number),
  );

const ofIntegers = (
  count: number,
  operation: (a: bigint, b: bigint) => Worth,
  result: Type = Type.integer,
): Form =>
  strict(
    count,
    allOf([Type.integer], result),
    () =>
      ([a, b]) =>
        operation(a as bigint, b as bigint),
  );

const foldedIntegers = (operation: (a: bigint, b: bigint) => bigint): Form =>
  strict(undefined, allOf([Type.integer]), () => (operands) => (operands as bigint[]).reduce(operation));

/** With one operand alone: its opposite, its inverse. */
const negated: Form = single(
  (a) => -a,
  (a) => 0 - a,
);
const difference = folded(
  (a, b) => a - b,
  (a, b) => a - b,
);

/** The first by the product of the others; by 0 it is unknown. */
const quotient: Form = strict(undefined, allOf(NUMBERS), (type) => {
  if (type === Type.float) {
    return (operands) => {
      const [first, ...others] = operands as number[];
      return others.length === 0 ? 1 / first : first / others.reduce((a, b) => a * b);
    };
  }
  return (operands) => {
    const integers = operands as bigint[];
    const [dividend, ...divisors] = integers.length === 1 ? [1n, ...integers] : integers;
    const divisor = divisors.reduce((a, b) => wrap(a * b));
    return divisor === 0n ? undefined : wrap(dividend / divisor);
  };
});

/** As a server's processor does it: what does not fit is the least integer. */
function truncated(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : LEAST;
}

/** The processor takes the last six bits of a shift. */
const shift = (by: bigint): bigint => by & 63n;
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const bits = (value: bigint): string => unsigned(value).toString(2).padStart(64, "0");

/** Looks for a bit of that value, in a text of 64 bits. */
function scan(find: (bits: string, bit: string) => number): Form {
  return strict(
    2,
    ([value, bit]) => (value === Type.integer && bit === Type.bool ? Type.integer : undefined),
    () =>
      ([value, bit]) =>
        BigInt(find(bits(value as bigint), bit === true ? "1" : "0")),
  );
}

/** Sums, products, powers, and integers as 64 bits. */
export const ARITHMETIC: Forms = {
  [Code.add]: folded(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  [Code.sub]: (source, operands) => (operands === 1 ? negated : difference)(source, operands),
  [Code.mul]: folded(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  [Code.div]: quotient,
  [Code.pow]: ofFloats(2, (a, b) => a ** b),
  [Code.log]: ofFloats(2, (a, base) => Math.log(a) / Math.log(base)),
  [Code.mod]: ofIntegers(2, (a, b) => (b === 0n ? undefined : a % b)),
  [Code.abs]: single((a) => (a < 0n ? -a : a), Math.abs),
  [Code.floor]: ofFloats(1, Math.floor),
  [Code.ceil]: ofFloats(1, Math.ceil),
  [Code.toInt]: ofFloats(1, truncated, Type.integer),
  [Code.toFloat]: ofIntegers(1, Number, Type.float),
  [Code.min]: folded(
    (a, b) => (b < a ? b : a),
    (a, b) => (b < a ? b : a),
  ),
  [Code.max]: folded(
    (a, b) => (b > a ? b : a),
    (a, b) => (b > a ? b : a),
  ),
  [Code.intAnd]: foldedIntegers((a, b) => a & b),
  [Code.intOr]: foldedIntegers((a, b) => a | b),
  [Code.intXor]: foldedIntegers((a, b) => a ^ b),
  [Code.intNot]: ofIntegers(1, (a) => ~a),
  [Code.shiftLeft]: ofIntegers(2, (a, by) => wrap(a << shift(by))),
  [Code.shiftRight]: ofIntegers(2, (a, by) => wrap(unsigned(a) >> shift(by))),
  [Code.shiftRightSigned]: ofIntegers(2, (a, by) => a >> shift(by)),
  [Code.bitCount]: ofIntegers(1, (a) => BigInt(bits(a).replaceAll("0", "").length)),
  [Code.scanLeft]: scan((text, bit) => text.indexOf(bit)),
  [Code.scanRight]: scan((text, bit) => text.lastIndexOf(bit)),
};
