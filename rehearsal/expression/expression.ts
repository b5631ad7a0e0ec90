import type { Bin } from "../cluster/bins";
import { Result } from "../wire/codes";
import { MessageError } from "../wire/message";
import type { Value } from "../wire/msgpack";
import type { Type, Worth } from "./worth";

/** The record that an expression is asked of. */
export interface Subject {
  /** Digest as latin1. */
  readonly digest: string;
  readonly set: string;
  /** The user's key (particle type and value), where it is kept. */
  readonly key: Buffer | undefined;
  /** Seconds since 2010, 0 = never. */
  readonly voidTime: number;
  /** Milliseconds since 1970, by the node's clock as `now` is. */
  readonly lastUpdate: number;
  readonly now: number;
  /** Bytes that it takes, and whether they are memory or a device. */
  readonly size: number;
  readonly inMemory: boolean;
  bin(name: string): Bin | undefined;
}

/** One evaluation: of which record, and what its variables are worth by now. */
export interface Run {
  readonly subject: Subject;
  readonly variables: Worth[];
}

/** An expression whose types are checked. */
export interface Expression {
  readonly type: Type;
  /** The one that is unknown of itself: it goes where any type is wanted in `cond`. */
  readonly isUnknown?: boolean;
  worth(run: Run): Worth;
}

/** The bytes of an expression, taken one element after another. */
export interface Source {
  /** Takes an element that is an expression. */
  expression(): Expression;
  /** Takes one that is a plain value, and its bytes. */
  plain(): { readonly value: Value; readonly bytes: Buffer };
  /** Takes a name. */
  name(): string;
  /** Enters a list, whose elements are taken next: how many they are. */
  list(): number;
  readonly nextIsList: boolean;
  /** Place of what is next. */
  readonly at: number;
  /** The bytes from a place on to where it stands now. */
  since(at: number): Buffer;
  /** Variables of the `let`s around it: their places, and their types; undefined while one is being defined. */
  readonly variables: Map<string, { readonly place: number; type: Type | undefined }>;
}

/** How the expression of a code is made of its operands, which are next. */
export type Form = (source: Source, operands: number) => Expression;
export type Forms = Readonly<Partial<Record<number, Form>>>;

export function exactly(operands: number, wanted: number): void {
  if (operands !== wanted) throw invalid(`${operands} operands where ${wanted} are wanted`);
}

/** The expression is none that can be built: operands of other types, or too few. */
export function invalid(why: string): MessageError {
  return new MessageError(`filter expression: ${why}`);
}

/** It may be one that a server knows, and a rehearsal node does not. */
export function unsupported(what: string): MessageError {
  return new MessageError(`filter expression: ${what}`, Result.unsupportedFeature);
}
