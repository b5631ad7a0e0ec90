import type { Bin } from "../cluster/bins";
import { Result } from "../wire/codes";
import { MessageError } from "../wire/message";
import { decodeValue } from "../wire/msgpack";
import { build } from "./build";
import type { Expression, Subject } from "./expression";
import { contentOf } from "./worth";

/** How an expression is read or written. */
const Flag = { createOnly: 1, updateOnly: 2, allowDelete: 4, policyNoFail: 8, evalNoFail: 16 } as const;
const READ_FLAGS = Flag.evalNoFail;
const WRITE_FLAGS = 31;

/** A bin's content; null = none. */
type Content = Pick<Bin, "particle" | "value"> | null;

/** What an operation by an expression came to: an error, or a content; undefined = nothing is to be done. */
export type Outcome =
  { readonly error: number } | { readonly error?: undefined; readonly content: Content | undefined };

/** Reads an expression's worth as if it were a bin. */
export function readExpression(operation: Buffer, subject: Subject): Outcome {
  const { expression, flags } = decode(operation, READ_FLAGS);
  return evaluate(expression, flags, subject);
}

/** Makes a bin's new content of an expression. */
export function writeExpression(operation: Buffer, before: Bin | undefined, subject: Subject): Outcome {
  const { expression, flags } = decode(operation, WRITE_FLAGS);
  const refused = before
    ? flags & Flag.createOnly && Result.binExists
    : flags & Flag.updateOnly && Result.binNotFound;
  if (refused) return flags & Flag.policyNoFail ? { content: undefined } : { error: refused };
  const outcome = evaluate(expression, flags, subject);
  if (outcome.error !== undefined || outcome.content !== null || !before) return outcome;
  if (flags & Flag.allowDelete) return outcome;
  // Read in the public server (8.1): any flag at all keeps the bin, not only the one that says so.
  return flags === 0 ? { error: Result.opNotApplicable } : { content: undefined };
}

function evaluate(expression: Expression, flags: number, subject: Subject): Outcome {
  const worth = expression.worth({ subject, variables: [] });
  const content = worth === undefined ? undefined : contentOf(expression.type, worth);
  if (content !== undefined || flags & Flag.evalNoFail) return { content };
  return { error: Result.opNotApplicable };
}

/** The expression and its flags, which may be left out. Throws {@link MessageError}. */
function decode(operation: Buffer, allowed: number): { expression: Expression; flags: number } {
  if (operation[0] !== 0x91 && operation[0] !== 0x92)
    throw new MessageError("operation without its expression");
  const { expression, end } = build(operation, 1);
  const given = operation[0] === 0x92 ? decodeValue(operation, end).value : 0;
  const flags = typeof given === "number" ? given : 0;
  if (flags & ~allowed) throw new MessageError(`flags ${flags} of an expression`);
  return { expression, flags };
}
