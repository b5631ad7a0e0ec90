import { partitionOf, PARTITIONS } from "../../model";
import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import { isExpired, type StoredRecord } from "../cluster/record";
import { Field, Info1, Info3, Op, Result } from "../wire/codes";
import { FrameType, writeHeader } from "../wire/frame";
import {
  fieldOf,
  type Message,
  message,
  MESSAGE_HEADER,
  type MessageField,
  MessageError,
  writeField,
  writeMessageHeader,
} from "../wire/message";
import { filterOf } from "../expression/filter";
import { type Asking, askingOf, subjectOf } from "../expression/subject";
import { read, type Reply, replyAll } from "./operate";

/** Bytes of one frame of a long answer before the next is begun. */
export const CHUNK = 128 * 1024;
/** Records that are looked at in one step, though none of them may be in the answer. */
const STEP = 1000;

const UNSUPPORTED_FIELDS: readonly number[] = [Field.indexRange, Field.udfPackage];

/** Why a query is refused as a whole; undefined = it can run. */
export function queryRefusal(m: Message): number | undefined {
  if (m.fields.some(({ type }) => UNSUPPORTED_FIELDS.includes(type))) return Result.unsupportedFeature;
  // Only reads of bins: a query that writes or computes is out of scope.
  return m.ops.some(({ op }) => op !== Op.read) ? Result.unsupportedFeature : undefined;
}

/**
 * A scan or query of a set (or of all sets) over the partitions that the request lists: records of those that this
 * node serves, code 11 for each of the others, then the end.
 *
 * @returns frames; undefined where a step has brought none. Throws {@link MessageError} on a malformed request.
 */
export function* query(
  cluster: Cluster,
  node: Node,
  m: Message,
): Generator<[frame: Buffer, last: boolean] | undefined> {
  const set = fieldOf(m, Field.set)?.toString("utf8");
  const filterField = fieldOf(m, Field.filter);
  const filter = filterField && filterOf(filterField);
  const resume = resumeAfter(m);
  const partitions = [...partitionsOf(m), ...resume.keys()];
  let left = maxRecords(m);
  const writer = new FrameWriter();
  let looked = 0;
  for (const pid of new Set(partitions)) {
    if (!serves(node, pid, m)) {
      writer.status(message({ info3: Info3.partitionDone, result: Result.unavailable, generation: pid }));
      continue;
    }
    for (const [digest, record] of recordsOf(node, pid, resume.get(pid))) {
      if (left <= 0) break;
      if (++looked % STEP === 0) yield undefined;
      if (set !== undefined && record.set !== set) continue;
      const asking = askingOf(node, digest);
      if (filter && !filter(subjectOf(record, asking))) continue;
      if (!writer.record(cluster.namespace.name, asking, record, m)) continue;
      left--;
      if (writer.size > CHUNK) yield [writer.take(), false];
    }
  }
  if (writer.size > 0) yield [writer.take(), false];
  writer.status(message({ info3: Info3.last }));
  yield [writer.take(), true];
}

function partitionsOf(m: Message): number[] {
  const list = fieldOf(m, Field.partitions);
  if (!list) return fieldOf(m, Field.digests) ? [] : Array.from({ length: PARTITIONS }, (_, pid) => pid);
  if (list.length % 2 !== 0) throw new MessageError("list of partitions of an odd size");
  return Array.from({ length: list.length / 2 }, (_, i) => list.readUInt16LE(2 * i) & (PARTITIONS - 1));
}

/** Partitions to go on with behind a digest, as a query in pages asks. */
function resumeAfter(m: Message): Map<number, string> {
  const list = fieldOf(m, Field.digests) ?? Buffer.alloc(0);
  if (list.length % 20 !== 0) throw new MessageError("list of digests of a wrong size");
  const out = new Map<number, string>();
  for (let at = 0; at < list.length; at += 20) {
    const digest = list.subarray(at, at + 20);
    out.set(partitionOf(digest), digest.toString("latin1"));
  }
  return out;
}

function maxRecords(m: Message): number {
  const field = fieldOf(m, Field.maxRecords);
  if (!field) return Infinity;
  if (field.length !== 8) throw new MessageError("max records of a wrong size");
  return Number(field.readBigUInt64BE()) || Infinity;
}

/** The master serves; a replica does where the read mode lets it. */
function serves(node: Node, pid: number, m: Message): boolean {
  const owners = node.view?.partitions[pid];
  if (!owners?.master) return false;
  if (owners.master === node) return true;
  const relaxed = (m.info3 & Info3.scReadRelax) !== 0;
  return relaxed && owners.replicas.includes(node) && !owners.filling.has(node);
}

const NONE: readonly never[] = [];

function recordsOf(
  node: Node,
  pid: number,
  behind: string | undefined,
): readonly (readonly [string, StoredRecord])[] {
  const copy = node.copyOf(pid);
  if (!copy || copy.size === 0) return NONE;
  const now = node.now();
  const live: (readonly [string, StoredRecord])[] = [];
  for (const entry of copy.entries()) {
    const [digest, record] = entry;
    if (record.tombstone || isExpired(record, now)) continue;
    if (behind === undefined || digest < behind) live.push(entry);
  }
  // A client goes on behind the last digest that it has seen, in a next page or at another node: highest first (recorded).
  return live.sort(([a], [b]) => (a > b ? -1 : 1));
}

/** A query that names no bins reads all. */
function readFor(record: StoredRecord, m: Message, asking: Asking): Reply {
  return m.ops.length === 0 ? replyAll(record) : read(record, m, asking);
}

/** Gathers records into frames. */
class FrameWriter {
  private parts: Buffer[] = [];
  size = 0;

  /** Adds a record; returns false where bins are asked for and it has none of them. */
  record(namespace: string, asking: Asking, record: StoredRecord, m: Message): boolean {
    const noBins = (m.info1 & Info1.noBins) !== 0;
    const answer = noBins ? { opCount: 0, ops: Buffer.alloc(0) } : readFor(record, m, asking);
    if (m.ops.length > 0 && !noBins && answer.opCount === 0) return false;
    const fields: MessageField[] = [
      { type: Field.namespace, value: Buffer.from(namespace, "utf8") },
      { type: Field.digest, value: Buffer.from(asking.digest, "latin1") },
    ];
    if (record.set !== "") fields.push({ type: Field.set, value: Buffer.from(record.set, "utf8") });
    if (record.key) fields.push({ type: Field.key, value: record.key });
    const header = message({
      info1: noBins ? Info1.noBins : 0,
      generation: record.generation,
      ttl: record.voidTime,
    });
    const size =
      fields.reduce((sum, { value }) => sum + 5 + value.length, MESSAGE_HEADER) + answer.ops.length;
    const out = Buffer.allocUnsafe(size);
    let at = writeMessageHeader(header, fields.length, answer.opCount, out, 0);
    for (const field of fields) at = writeField(field, out, at);
    answer.ops.copy(out, at);
    this.add(out);
    return true;
  }

  status(m: Message): void {
    const out = Buffer.allocUnsafe(MESSAGE_HEADER);
    writeMessageHeader(m, 0, 0, out, 0);
    this.add(out);
  }

  private add(part: Buffer): void {
    this.parts.push(part);
    this.size += part.length;
  }

  take(): Buffer {
    const header = Buffer.alloc(8);
    writeHeader(header, FrameType.message, this.size);
    const frame = Buffer.concat([header, ...this.parts]);
    this.parts = [];
    this.size = 0;
    return frame;
  }
}
