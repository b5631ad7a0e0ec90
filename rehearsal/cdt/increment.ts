import { Result } from "../wire/codes";
import { Double, type Value } from "../wire/msgpack";
import { Refused } from "./refused";

/**
 * A number of a list or map, incremented: it keeps its type; a missing one takes the increment's. Throws {@link Refused}
 * where either is no number.
 */
export function incremented(before: Value | undefined, by: Value, negative: boolean): Value {
  const step = by === null ? 1 : by;
  if (before === undefined)
    return step instanceof Double ? new Double(signed(step.value, negative)) : whole(0n, step, negative);
  if (before instanceof Double) return new Double(before.value + signed(Number(numberOf(step)), negative));
  if (typeof before !== "number" && typeof before !== "bigint") throw new Refused(Result.parameter);
  return whole(BigInt(before), step, negative);
}

function whole(before: bigint, step: Value, negative: boolean): Value {
  const by =
    BigInt(Math.trunc(Number(step instanceof Double ? step.value : 0))) +
    (step instanceof Double ? 0n : BigInt(numberOf(step)));
  const sum = BigInt.asIntN(64, before + (negative ? -by : by));
  const number = Number(sum);
  return Number.isSafeInteger(number) ? number : sum;
}

function numberOf(step: Value): number | bigint {
  if (step instanceof Double) return step.value;
  if (typeof step === "number" || typeof step === "bigint") return step;
  throw new Refused(Result.parameter);
}

function signed(value: number, negative: boolean): number {
  return negative ? -value : value;
}
