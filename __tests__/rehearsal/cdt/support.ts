import { operateValue } from "../../../rehearsal/cdt/operate";
import { Ext, OrderedMap, type Value } from "../../../rehearsal/wire/msgpack";

/** A map of pairs, marked with its order where there is one. */
export function map(flags: number, ...pairs: [Value, Value][]): OrderedMap {
  return new OrderedMap(flags === 0 ? pairs : [[new Ext(flags, Buffer.of()), null], ...pairs]);
}

/** A list, marked as ordered. */
export function ordered(...items: Value[]): Value[] {
  return [new Ext(1, Buffer.of()), ...items];
}

/** The answer of a read; throws what it was refused with. */
export function read(value: Value | undefined, ...operation: [number, ...Value[]]): Value | undefined {
  const outcome = operateValue(value, operation, false);
  if (outcome.result !== 0) throw new Error(`refused with ${outcome.result}`);
  return outcome.answer;
}

/** What a change made of a value, and its answer. */
export function change(
  value: Value | undefined,
  ...operation: [number, ...Value[]]
): [Value | undefined, Value | undefined] {
  const outcome = operateValue(value, operation, true);
  if (outcome.result !== 0) throw new Error(`refused with ${outcome.result}`);
  return [outcome.value, outcome.answer];
}
