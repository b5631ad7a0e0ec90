import { decodeParts, MessageError, type Message, message } from "./message";

const Flag = { repeat: 0x01, info: 0x02, generation: 0x04, ttl: 0x08, info4: 0x10 } as const;

/** One key of a batch: its place in the request, its digest, and the message that a single request would have been. */
export interface BatchKey {
  readonly index: number;
  readonly digest: Buffer;
  readonly request: Message;
}

/**
 * The keys of a batch field. A key may repeat all of the one before it but its digest; `flags` is the batch's own byte
 * (inline, respond to all keys). Throws {@link MessageError}.
 */
export function decodeBatch(bytes: Buffer): { flags: number; keys: BatchKey[] } {
  if (bytes.length < 5) throw new MessageError("batch shorter than its header");
  const count = bytes.readUInt32BE(0);
  const keys: BatchKey[] = [];
  let at = 5;
  let before: Message | undefined;
  for (let i = 0; i < count; i++) {
    need(bytes, at, 25);
    const index = bytes.readUInt32BE(at);
    const digest = bytes.subarray(at + 4, at + 24);
    const flags = bytes[at + 24];
    at += 25;
    if (!(flags & Flag.repeat)) {
      const decoded = decodeBatchRequest(bytes, at, flags);
      before = decoded.request;
      at = decoded.end;
    }
    if (!before) throw new MessageError("batch begins with a repeated key");
    keys.push({ index, digest, request: before });
  }
  return { flags: bytes[4], keys };
}

function decodeBatchRequest(bytes: Buffer, offset: number, flags: number): { request: Message; end: number } {
  let at = offset;
  const take = (size: number): number => {
    need(bytes, at, size);
    at += size;
    return at - size;
  };
  const info = flags & Flag.info ? take(3) : undefined;
  if (info === undefined) need(bytes, at, 1);
  const info1 = info === undefined ? bytes[take(1)] : bytes[info];
  const info4 = flags & Flag.info4 ? bytes[take(1)] : 0;
  const generation = flags & Flag.generation ? bytes.readUInt16BE(take(2)) : 0;
  const ttl = flags & Flag.ttl ? bytes.readUInt32BE(take(4)) : 0;
  const counts = take(4);
  const parts = decodeParts(bytes, at, bytes.readUInt16BE(counts), bytes.readUInt16BE(counts + 2));
  return {
    request: message({
      info1,
      info2: info === undefined ? 0 : bytes[info + 1],
      info3: info === undefined ? 0 : bytes[info + 2],
      info4,
      generation,
      ttl,
      fields: parts.fields,
      ops: parts.ops,
    }),
    end: parts.end,
  };
}

function need(bytes: Buffer, at: number, size: number): void {
  if (bytes.length - at < size) throw new MessageError("batch ends within a key");
}
