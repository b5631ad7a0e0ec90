import { FrameType, writeHeader } from "./frame";
import { Field, Result } from "./codes";

/** Bytes of a message's own header, behind the 8 of the protocol. */
export const MESSAGE_HEADER = 22;

/** A typed value beside the operations of a message: namespace, set, digest, ... */
export interface MessageField {
  readonly type: number;
  readonly value: Buffer;
}

/** One operation on one bin. */
export interface MessageOp {
  readonly op: number;
  readonly particle: number;
  /** Third byte of the operation: bin version on old servers, flags since. */
  readonly version: number;
  readonly name: string;
  readonly value: Buffer;
}

/** A request or one record of a response. */
export interface Message {
  readonly info1: number;
  readonly info2: number;
  readonly info3: number;
  readonly info4: number;
  readonly result: number;
  readonly generation: number;
  /** Request: record TTL in seconds (0 namespace default, 0xFFFFFFFF never, 0xFFFFFFFE unchanged). Response: void-time, seconds since 2010. */
  readonly ttl: number;
  /** Request: milliseconds that the transaction may take. Response of a batch: the key's index. */
  readonly transactionTtl: number;
  readonly fields: readonly MessageField[];
  readonly ops: readonly MessageOp[];
}

/** The bytes are not a message: the server answers PARAMETER, or the code given, and keeps the connection. */
export class MessageError extends Error {
  constructor(
    message: string,
    readonly result: number = Result.parameter,
  ) {
    super(message);
  }
}

/** A message of the given parts, the rest zero. */
export function message(parts: Partial<Message>): Message {
  return {
    info1: 0,
    info2: 0,
    info3: 0,
    info4: 0,
    result: 0,
    generation: 0,
    ttl: 0,
    transactionTtl: 0,
    fields: [],
    ops: [],
    ...parts,
  };
}

/** Decodes one message at `offset`; its fields and values are views of `bytes`, not copies. Throws {@link MessageError}. */
export function decodeMessage(bytes: Buffer, offset = 0): { message: Message; end: number } {
  if (bytes.length - offset < MESSAGE_HEADER) throw new MessageError("shorter than its header");
  const header = {
    info1: bytes[offset + 1],
    info2: bytes[offset + 2],
    info3: bytes[offset + 3],
    info4: bytes[offset + 4],
    result: bytes[offset + 5],
    generation: bytes.readUInt32BE(offset + 6),
    ttl: bytes.readUInt32BE(offset + 10),
    transactionTtl: bytes.readUInt32BE(offset + 14),
  };
  const parts = decodeParts(
    bytes,
    offset + MESSAGE_HEADER,
    bytes.readUInt16BE(offset + 18),
    bytes.readUInt16BE(offset + 20),
  );
  return { message: { ...header, fields: parts.fields, ops: parts.ops }, end: parts.end };
}

/** All messages of a body, one behind the other, as a batch, a scan and a query answer. */
export function decodeMessages(bytes: Buffer): Message[] {
  const out: Message[] = [];
  for (let at = 0; at < bytes.length;) {
    const { message: one, end } = decodeMessage(bytes, at);
    out.push(one);
    at = end;
  }
  return out;
}

/** Fields and operations at `offset`, as they stand in a message and in each key of a batch. */
export function decodeParts(
  bytes: Buffer,
  offset: number,
  nFields: number,
  nOps: number,
): { fields: MessageField[]; ops: MessageOp[]; end: number } {
  let at = offset;
  const fields: MessageField[] = [];
  for (let i = 0; i < nFields; i++) {
    const end = endOfField(bytes, at);
    fields.push({ type: bytes[at + 4], value: bytes.subarray(at + 5, end) });
    at = end;
  }
  const ops: MessageOp[] = [];
  for (let i = 0; i < nOps; i++) {
    const end = sized(bytes, at, 4);
    const valueAt = at + 8 + bytes[at + 7];
    if (valueAt > end) throw new MessageError("bin name runs past its operation");
    ops.push({
      op: bytes[at + 4],
      particle: bytes[at + 5],
      version: bytes[at + 6],
      name: bytes.toString("latin1", at + 8, valueAt),
      value: bytes.subarray(valueAt, end),
    });
    at = end;
  }
  return { fields, ops, end: at };
}

/**
 * End of a field. The Go and Java clients count a batch's filter, which stands before it, into the batch's size: it ends
 * with the message then.
 */
function endOfField(bytes: Buffer, at: number): number {
  const runsOver = bytes.length - at >= 5 && at + 4 + bytes.readUInt32BE(at) > bytes.length;
  return runsOver && bytes[at + 4] === Field.batch ? bytes.length : sized(bytes, at, 1);
}

/** End of the part at `at`, whose first four bytes count what follows them (at least `least`). */
function sized(bytes: Buffer, at: number, least: number): number {
  if (bytes.length - at < 4 + least) throw new MessageError("ends within a field or operation");
  const size = bytes.readUInt32BE(at);
  const end = at + 4 + size;
  if (size < least || end > bytes.length) throw new MessageError("field or operation runs past the end");
  return end;
}

/** Bytes that {@link writeMessage} needs for a message. */
export function messageSize(m: Message): number {
  let size = MESSAGE_HEADER;
  for (const field of m.fields) size += 5 + field.value.length;
  for (const op of m.ops) size += 8 + op.name.length + op.value.length;
  return size;
}

/** Writes a message without protocol header at `offset` and returns its end. */
export function writeMessage(m: Message, out: Buffer, offset: number): number {
  let at = writeMessageHeader(m, m.fields.length, m.ops.length, out, offset);
  for (const field of m.fields) at = writeField(field, out, at);
  for (const op of m.ops) at = writeOp(op, out, at);
  return at;
}

/** Writes the 22 bytes of a message's header and returns their end. */
export function writeMessageHeader(
  m: Omit<Message, "fields" | "ops">,
  nFields: number,
  nOps: number,
  out: Buffer,
  offset: number,
): number {
  out[offset] = MESSAGE_HEADER;
  out[offset + 1] = m.info1;
  out[offset + 2] = m.info2;
  out[offset + 3] = m.info3;
  out[offset + 4] = m.info4;
  out[offset + 5] = m.result;
  out.writeUInt32BE(m.generation >>> 0, offset + 6);
  out.writeUInt32BE(m.ttl >>> 0, offset + 10);
  out.writeUInt32BE(m.transactionTtl >>> 0, offset + 14);
  out.writeUInt16BE(nFields, offset + 18);
  out.writeUInt16BE(nOps, offset + 20);
  return offset + MESSAGE_HEADER;
}

/** Writes one field and returns its end. */
export function writeField(field: MessageField, out: Buffer, at: number): number {
  out.writeUInt32BE(1 + field.value.length, at);
  out[at + 4] = field.type;
  field.value.copy(out, at + 5);
  return at + 5 + field.value.length;
}

/** Writes one operation and returns its end. */
export function writeOp(op: MessageOp, out: Buffer, at: number): number {
  out.writeUInt32BE(4 + op.name.length + op.value.length, at);
  out[at + 4] = op.op;
  out[at + 5] = op.particle;
  out[at + 6] = op.version;
  out[at + 7] = op.name.length;
  out.write(op.name, at + 8, "latin1");
  op.value.copy(out, at + 8 + op.name.length);
  return at + 8 + op.name.length + op.value.length;
}

/** A whole frame of one or more messages. */
export function encodeMessages(messages: readonly Message[]): Buffer {
  const size = messages.reduce((sum, m) => sum + messageSize(m), 0);
  const out = Buffer.allocUnsafe(8 + size);
  writeHeader(out, FrameType.message, size);
  let at = 8;
  for (const m of messages) at = writeMessage(m, out, at);
  return out;
}

/** The value of a message's first field of that type. */
export function fieldOf(m: Pick<Message, "fields">, type: number): Buffer | undefined {
  for (const field of m.fields) if (field.type === type) return field.value;
  return undefined;
}

/** Namespace of a message, undefined where it names none. */
export function namespaceOf(m: Pick<Message, "fields">): string | undefined {
  return fieldOf(m, Field.namespace)?.toString("utf8");
}
