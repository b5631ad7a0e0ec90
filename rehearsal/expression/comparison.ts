import { decodeValue } from "../wire/msgpack";
import { Code } from "./codes";
import { exactly, type Form, type Forms, invalid, unsupported } from "./expression";
import { compareContainers } from "./order";
import { posixRegex } from "./regex";
import { strict, strictExpression } from "./strict";
import { type Known, Type, type Worth } from "./worth";

/** Order of two worths of a type: below 0, 0, above 0; NaN = none; undefined = they cannot be compared. */
function order(type: Type): (a: Known, b: Known) => number | undefined {
  switch (type) {
    case Type.nil:
      return () => 0;
    case Type.bool:
      return (a, b) => Number(a) - Number(b);
    case Type.integer:
      return (a, b) => (a! < b! ? -1 : a! > b! ? 1 : 0);
    case Type.float:
      return (a, b) => (a! < b! ? -1 : a! > b! ? 1 : a === b ? 0 : NaN);
    case Type.list:
    case Type.map:
      return (a, b) => compareContainers(decodeValue(a as Buffer).value, decodeValue(b as Buffer).value);
    default:
      return (a, b) => Buffer.compare(a as Buffer, b as Buffer);
  }
}

function comparison(holds: (order: number) => boolean): Form {
  return strict(
    2,
    ([a, b]) => (a === b && a !== Type.geojson && a !== Type.hll ? Type.bool : undefined),
    (type) => {
      const compare = order(type);
      return ([a, b]): Worth => {
        const found = compare(a, b);
        return found === undefined ? undefined : holds(found);
      };
    },
  );
}

const regex: Form = (source, operands) => {
  exactly(operands, 3);
  const flags = source.plain().value;
  const pattern = source.name();
  const text = source.expression();
  if (typeof flags !== "number" || text.type !== Type.string) throw invalid("regex of another than a string");
  const matches = posixRegex(pattern, flags);
  return strictExpression(Type.bool, [text], ([one]) => matches(one as Buffer));
};

/** Comparisons of two operands of one type, and of a string with a pattern. */
export const COMPARISON: Forms = {
  [Code.eq]: comparison((order) => order === 0),
  [Code.ne]: comparison((order) => order !== 0),
  [Code.gt]: comparison((order) => order > 0),
  [Code.ge]: comparison((order) => order >= 0),
  [Code.lt]: comparison((order) => order < 0),
  [Code.le]: comparison((order) => order <= 0),
  [Code.regex]: regex,
  [Code.geo]: () => {
    throw unsupported("comparison of GeoJSON");
  },
};
