import { build } from "./build";
import { invalid, type Subject } from "./expression";
import { Type } from "./worth";

/** Whether a record passes; what is unknown does not. */
export type Filter = (subject: Subject) => boolean;

/** The filter that an expression is. Throws {@link MessageError} where it cannot be built, or is neither true nor false. */
export function filterOf(bytes: Buffer): Filter {
  const { expression, end } = build(bytes);
  if (end !== bytes.length) throw invalid("bytes behind its end");
  if (expression.type !== Type.bool) throw invalid(`type ${expression.type} where a filter is true or false`);
  return (subject) => expression.worth({ subject, variables: [] }) === true;
}
