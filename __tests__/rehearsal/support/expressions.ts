import { digest } from "../../../model";
import type { Bin } from "../../../rehearsal/cluster/bins";
import { build } from "../../../rehearsal/expression/build";
import { Code } from "../../../rehearsal/expression/codes";
import type { Subject } from "../../../rehearsal/expression/expression";
import { filterOf } from "../../../rehearsal/expression/filter";
import { Type, type Worth } from "../../../rehearsal/expression/worth";
import { Particle } from "../../../rehearsal/wire/codes";
import { MessageError } from "../../../rehearsal/wire/message";
import { Double, encodeValue, OrderedMap, Untyped, type Value } from "../../../rehearsal/wire/msgpack";

/** The types by which an expression asks for bins. */
const BIN_TYPE = {
  i: Type.integer,
  f: Type.float,
  s: Type.string,
  t: Type.bool,
  blob: Type.blob,
  list: Type.list,
  map: Type.map,
} as const;

export const name = (text: string): Value => new Untyped(text);
export const float = (value: number): Value => new Double(value);
export const bin = (of: keyof typeof BIN_TYPE): Value => [Code.bin, BIN_TYPE[of], name(of)];
export const quoted = (...items: Value[]): Value => [Code.quote, items];

/** Bins of a record by the names of their types; what else is asked for is not there. */
export const BINS: readonly Bin[] = [
  { name: "i", particle: Particle.integer, value: Buffer.from("000000000000002a", "hex") },
  { name: "f", particle: Particle.float, value: Buffer.from("4004000000000000", "hex") },
  { name: "s", particle: Particle.string, value: Buffer.from("text") },
  { name: "t", particle: Particle.bool, value: Buffer.of(1) },
  { name: "blob", particle: Particle.blob, value: Buffer.of(1, 2, 3) },
  { name: "list", particle: Particle.list, value: encodeValue([1, 2, "three"]) },
  { name: "map", particle: Particle.map, value: encodeValue(new OrderedMap([["a", 1]])) },
];

export const SUBJECT: Subject = {
  digest: Buffer.from(digest("set", "key")).toString("latin1"),
  set: "set",
  key: Buffer.concat([Buffer.of(Particle.string), Buffer.from("key")]),
  voidTime: 0,
  lastUpdate: Date.UTC(2024, 0, 1),
  now: Date.UTC(2024, 0, 1) + 1500,
  size: 96,
  inMemory: true,
  bin: (wanted) => BINS.find((one) => one.name === wanted),
};

/** What an expression comes to; lists and maps as msgpack. */
export function worth(expression: Value, subject: Subject = SUBJECT): Worth {
  return build(encodeValue(expression)).expression.worth({ subject, variables: [] });
}

/** Whether a record passes, or the code with which the filter is refused. */
export function passes(filter: Value, subject: Subject = SUBJECT): boolean | number {
  try {
    return filterOf(encodeValue(filter))(subject);
  } catch (error) {
    if (error instanceof MessageError) return error.result;
    throw error;
  }
}
