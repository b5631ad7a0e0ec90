import { exactly, type Expression, type Form, invalid } from "./expression";
import { type Known, Type, type Worth } from "./worth";

/** Makes what an operation comes to of its operands, which are all known. */
type Operation = (operands: Known[]) => Worth;

/**
 * An operation of expressions that is unknown where one of its operands is. `check`: its type, of theirs; undefined where
 * it cannot be built of them.
 *
 * @param count how many operands; undefined = any, one at least.
 */
export function strict(
  count: number | undefined,
  check: (types: readonly Type[]) => Type | undefined,
  operation: (type: Type) => Operation,
): Form {
  return (source, operands) => {
    if (count !== undefined) exactly(operands, count);
    else if (operands === 0) throw invalid("no operand");
    const parts = Array.from({ length: operands }, () => source.expression());
    const types = parts.map(({ type }) => type);
    const type = check(types);
    if (type === undefined) throw invalid(`operands of types ${types.join(", ")}`);
    return strictExpression(type, parts, operation(types[0]));
  };
}

/** An expression that is unknown where one of its parts is; they are looked at in their order. */
export function strictExpression(type: Type, parts: readonly Expression[], operation: Operation): Expression {
  return {
    type,
    worth: (run) => {
      const known: Known[] = [];
      for (const part of parts) {
        const worth = part.worth(run);
        if (worth === undefined) return undefined;
        known.push(worth);
      }
      return operation(known);
    },
  };
}

/** All operands of one type among those given; the operation is of that type too, or of `result`. */
export function allOf(allowed: readonly Type[], result?: Type): (types: readonly Type[]) => Type | undefined {
  return ([first, ...others]) =>
    allowed.includes(first) && others.every((type) => type === first) ? (result ?? first) : undefined;
}
