import type { Bin } from "../cluster/bins";
import { operateCdt } from "../cdt/operate";
import { Result } from "../wire/codes";
import {
  exactly,
  type Expression,
  type Form,
  invalid,
  type Run,
  type Source,
  unsupported,
} from "./expression";
import { contentOf, type Known, packed, Type, typeOf, type Worth, worthOf } from "./worth";

/** What a call is of; a bit says that it answers the list or map that it has changed. */
const System = { lists: 0, bits: 1, hll: 2, modifies: 0x40 } as const;
/** An operation within another: its context, then the operation proper. */
const CONTEXT = 0xff;
/** Selection by a path, with expressions of its own. */
const SELECT = 0xfe;

/** Bytes of an operation as they were sent, and expressions that stand between them. */
type Part = Buffer | Expression;

/**
 * A list or map operation on a bin, or on what another call has made: its operands may be expressions, lists among them
 * are (plain ones are quoted).
 */
export const call: Form = (source, operands) => {
  exactly(operands, 4);
  const type = typeOf(source.plain().value);
  const system = source.plain().value;
  if (type === undefined || typeof system !== "number") throw invalid("call without types");
  const kind = system & ~System.modifies;
  if (kind === System.bits || kind === System.hll) throw unsupported("bit and HyperLogLog operations");
  if (kind !== System.lists) throw invalid("call of nothing known");
  const parts = operationParts(source);
  const target = source.expression();
  if (target.type !== Type.nil && target.type !== Type.list && target.type !== Type.map) {
    throw invalid(`list or map operation on type ${target.type}`);
  }
  const modifies = (system & System.modifies) !== 0;
  return {
    type,
    worth: (run) => {
      const operation = operationOf(parts, run);
      const on = operation && target.worth(run);
      return on === undefined ? undefined : operate(type, operation!, binOf(target.type, on), modifies);
    },
  };
};

function operationParts(source: Source): Part[] {
  const start = source.at;
  let left = source.list();
  let code = left-- > 0 ? source.plain().value : undefined;
  if (code === SELECT) throw unsupported("selection by paths");
  if (code === CONTEXT) {
    if (left !== 2) throw invalid("operation in a context without its operation");
    source.plain();
    left = source.list();
    code = left-- > 0 ? source.plain().value : undefined;
  }
  if (typeof code !== "number") throw invalid("operation without its code");
  const parts: Part[] = [source.since(start)];
  for (; left > 0; left--) parts.push(source.nextIsList ? source.expression() : source.plain().bytes);
  return parts;
}

function operationOf(parts: readonly Part[], run: Run): Buffer | undefined {
  const bytes: Buffer[] = [];
  for (const part of parts) {
    if (Buffer.isBuffer(part)) bytes.push(part);
    else {
      const worth = part.worth(run);
      if (worth === undefined) return undefined;
      bytes.push(packed(part.type, worth));
    }
  }
  return Buffer.concat(bytes);
}

function binOf(type: Type, worth: Known): Bin | undefined {
  const content = contentOf(type, worth);
  return content ? { name: "", ...content } : undefined;
}

function operate(type: Type, operation: Buffer, bin: Bin | undefined, modifies: boolean): Worth {
  const outcome = operateCdt(bin, "", operation, modifies);
  if (outcome.result === Result.unsupportedFeature)
    throw unsupported("list or map operation of another kind");
  if (outcome.result !== Result.ok) return undefined;
  const content = modifies ? (outcome.bin ?? bin) : outcome.answer;
  return content ? worthOf(type, content) : type === Type.nil ? null : undefined;
}
