import { type Bin, binOp, binsOf, encodeBins, keptBuffer } from "../cluster/bins";
import { secondsSince2010, type StoredRecord } from "../cluster/record";
import { Info1, Info2, Info3, Op, Particle, Result } from "../wire/codes";
import type { Message, MessageOp } from "../wire/message";
import { operateCdt } from "../cdt/operate";
import { readExpression, writeExpression } from "../expression/operation";
import { type Asking, subjectOf } from "../expression/subject";
import type { Subject } from "../expression/expression";
import { storedBytes } from "./particles";

/** The answer to one record's request. */
export interface Reply {
  readonly result: number;
  readonly generation: number;
  readonly voidTime: number;
  /** Operations of the answer as bytes, ready to be sent. */
  readonly opCount: number;
  readonly ops: Buffer;
}

/** What a read's TTL field says: never touch, or a percentage in place of the server's (0 = the server's). */
const NEVER_TOUCH = 0xffffffff;

/**
 * Whether a read of a record renews its life, and for how many seconds: where no more than `default-read-touch-ttl-pct`
 * percent are left of the TTL of its last write. 0 = it does not; undefined = the client asked for more than 100 percent.
 */
export function touchTtl(
  { voidTime, lastUpdate }: StoredRecord,
  asked: number,
  percent: number,
  now: number,
): number | undefined {
  if (voidTime === 0 || asked === NEVER_TOUCH) return 0;
  if (asked > 100) return undefined;
  const ttl = voidTime - secondsSince2010(lastUpdate);
  const last = Math.floor((ttl * (asked || percent)) / 100);
  return last > 0 && secondsSince2010(now) >= voidTime - last ? ttl : 0;
}

/** A read renews a record's life, and nothing else: its generation stays. */
export function touchByRead(
  before: StoredRecord | undefined,
  ttl: number,
  now: number,
  regime: number,
): WriteOutcome {
  if (!before) return { error: Result.notFound };
  const voidTime = secondsSince2010(now) + ttl;
  // A write has extended it meanwhile.
  if (voidTime <= before.voidTime) return { error: Result.keyBusy };
  const record = { ...before, voidTime, lastUpdate: Math.max(now, before.lastUpdate + 1), regime };
  return { record, reply: reply(Result.ok, record) };
}

const NO_OPS = Buffer.alloc(0);

/** An answer without operations. */
export function reply(result: number, record?: Pick<StoredRecord, "generation" | "voidTime">): Reply {
  return {
    result,
    generation: record?.generation ?? 0,
    voidTime: record?.voidTime ?? 0,
    opCount: 0,
    ops: NO_OPS,
  };
}

function replyWith(record: StoredRecord | undefined, ops: readonly MessageOp[]): Reply {
  if (ops.length === 0) return reply(Result.ok, record);
  return { ...reply(Result.ok, record), opCount: ops.length, ops: encodeOps(ops) };
}

function encodeOps(ops: readonly MessageOp[]): Buffer {
  const out = encodeBins(ops);
  let at = 0;
  for (const { op } of ops) {
    out[at + 4] = op;
    at += 4 + out.readUInt32BE(at);
  }
  return out;
}

/** Reads what a message asks of a record: all bins, no bins, some bins, or list and map reads. */
export function read(record: StoredRecord, m: Message, asking: Asking): Reply {
  if (m.info1 & Info1.noBins) return reply(Result.ok, record);
  // All bins are all that is answered, whatever is asked beside them.
  if (m.info1 & Info1.getAll) return replyAll(record);
  if (m.ops.length === 0) return reply(Result.parameter);
  const bins = new Map(binsOf(record).map((bin) => [bin.name, bin]));
  let made: Subject | undefined;
  const subject = () => (made ??= subjectOf(record, asking, (name) => bins.get(name)));
  const out: MessageOp[] = [];
  for (const op of m.ops) {
    const failed = readOp(op, bins, subject, out, (m.info2 & Info2.respondAllOps) !== 0);
    if (failed !== Result.ok) return reply(failed);
  }
  return replyWith(record, out);
}

/** All bins of a record. */
export function replyAll(record: StoredRecord): Reply {
  return { ...reply(Result.ok, record), opCount: record.binCount, ops: record.bins };
}

/** The answer to a key of a batch that only reads: each operation is told as a read, whatever it was (recorded). */
export function asReads(answer: Reply): Reply {
  const ops = Buffer.from(answer.ops);
  for (let at = 0; at < ops.length; at += 4 + ops.readUInt32BE(at)) ops[at + 4] = Op.read;
  return { ...answer, ops };
}

/** One read operation; its answer is added to `out`. */
function readOp(
  op: MessageOp,
  bins: ReadonlyMap<string, Bin>,
  subject: () => Subject,
  out: MessageOp[],
  respondAll: boolean,
): number {
  const bin = bins.get(op.name);
  if (op.op === Op.read) {
    if (op.name === "") out.push(...[...bins.values()].map((one) => binOp(one)));
    else if (bin) out.push(binOp(bin));
    else if (respondAll) out.push(nothing(op));
    return Result.ok;
  }
  if (op.op === Op.expressionRead) {
    const { error, content } = { content: undefined, ...readExpression(op.value, subject()) };
    if (error !== undefined) return error;
    if (content || respondAll) out.push({ ...nothing(op), ...content });
    return Result.ok;
  }
  if (op.op === Op.bitRead || op.op === Op.hllRead) return Result.unsupportedFeature;
  if (op.op !== Op.cdtRead) return Result.parameter;
  const outcome = operateCdt(bin, op.name, op.value, false);
  if (outcome.result !== Result.ok) return outcome.result;
  if (outcome.answer) out.push({ ...nothing(op), ...outcome.answer });
  else if (respondAll) out.push(nothing(op));
  return Result.ok;
}

function nothing(op: MessageOp): MessageOp {
  return { op: op.op, particle: Particle.null, version: 0, name: op.name, value: NO_OPS };
}

/** What a write needs to know beside the record and the message. */
export interface WriteSettings {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly regime: number;
  readonly set: string;
  readonly key: Buffer | undefined;
  /** Seconds; 0 = TTLs are refused. */
  readonly nsupPeriod: number;
  readonly defaultTtl: number;
  readonly maxRecordSize: number;
  /** Highest generation; 1 comes behind it. */
  readonly maxGeneration: number;
  /** Whether a record may vanish without a tombstone. */
  readonly mayExpunge: boolean;
}

/** What a write makes of a record: an error alone, or the new version (undefined = it is gone) and the answer. */
export type WriteOutcome =
  | { readonly error: number }
  | { readonly error?: undefined; readonly record: StoredRecord | undefined; readonly reply: Reply };

const TTL_NEVER = 0xffffffff;
const TTL_UNCHANGED = 0xfffffffe;
/** Ten years, in seconds. */
const MAX_TTL = 10 * 365 * 86_400;
const MAX_BIN_NAME = 15;

/** What a record is before it is written for the first time. */
const NEW = { bins: NO_OPS, binCount: 0, voidTime: 0, lastUpdate: 0 };

/** Applies a write or a removal to the version before it; `before` is undefined where there is no record (an own tombstone is given as `tombstone`). */
export function write(
  before: StoredRecord | undefined,
  tombstone: StoredRecord | undefined,
  m: Message,
  asking: Asking,
  settings: WriteSettings,
): WriteOutcome {
  const refused = refusal(before, m);
  if (refused !== Result.ok) return { error: refused };
  if (m.info2 & Info2.delete) return remove(before!, m, settings, []);

  if (m.ops.length === 0) return { error: Result.parameter };
  if (m.ttl > MAX_TTL && m.ttl !== TTL_NEVER && m.ttl !== TTL_UNCHANGED) return { error: Result.parameter };
  const replace = (m.info3 & (Info3.createOrReplace | Info3.replaceOnly)) !== 0;
  const bins = before && !replace ? binsOf(before) : [];
  let made: Subject | undefined;
  const subject = () =>
    (made ??= subjectOf(before ?? { ...NEW, ...settings }, asking, (name) =>
      bins.find((bin) => bin.name === name),
    ));
  const out: MessageOp[] = [];
  const respondAll = (m.info2 & Info2.respondAllOps) !== 0;
  let touched = false;
  for (const op of m.ops) {
    if (op.name.length > MAX_BIN_NAME) return { error: Result.binName };
    if (op.op === Op.touch) {
      if (!before) return { error: Result.notFound };
      touched = true;
      if (respondAll) out.push(nothing(op));
      continue;
    }
    const failed = writeOp(op, bins, subject, out, respondAll);
    if (failed !== Result.ok) return { error: failed };
  }
  // A client that wants no bins gets none, whatever it reads beside its writes.
  if (m.info1 & Info1.noBins) out.length = 0;
  // Clients ask for all bins by an operation without a name, and say so once more in the message.
  if (m.info1 & Info1.getAll && !m.ops.some(({ op, name }) => op === Op.read && name === ""))
    out.push(...bins.map((bin) => binOp(bin)));
  if (bins.length === 0 && !touched) {
    if (!before) return { error: Result.notFound };
    return remove(before, m, settings, out);
  }

  const encoded = encodeBins(bins, keptBuffer);
  if (encoded.length > settings.maxRecordSize) return { error: Result.recordTooBig };
  const voidTime = voidTimeOf(before, m, settings);
  if (voidTime === undefined) return { error: Result.forbidden };
  const record: StoredRecord = {
    set: before?.set ?? settings.set,
    key: before?.key ?? (settings.key && kept(settings.key)),
    bins: encoded,
    binCount: bins.length,
    generation: nextGeneration(before ?? tombstone, settings),
    voidTime,
    lastUpdate: Math.max(settings.now, ((before ?? tombstone)?.lastUpdate ?? 0) + 1),
    regime: settings.regime,
    tombstone: false,
  };
  return { record, reply: replyWith(record, out) };
}

function kept(bytes: Buffer): Buffer {
  const out = keptBuffer(bytes.length);
  bytes.copy(out);
  return out;
}

/** Why a write is refused before it is made: what must exist or not, and the generation. */
function refusal(before: StoredRecord | undefined, m: Message): number {
  if (m.info2 & Info2.createOnly && before) return Result.exists;
  if (m.info3 & (Info3.updateOnly | Info3.replaceOnly) && !before) return Result.notFound;
  if (m.info2 & Info2.delete && !before) return Result.notFound;
  const generation = before?.generation ?? 0;
  if (m.info2 & Info2.generation && m.generation !== generation) return Result.generation;
  if (m.info2 & Info2.generationGreater && m.generation <= generation) return Result.generation;
  return Result.ok;
}

/** A durable removal leaves a tombstone; another one nothing, where it is allowed. `out` is what was read before. */
function remove(
  before: StoredRecord,
  m: Message,
  settings: WriteSettings,
  out: readonly MessageOp[],
): WriteOutcome {
  if (!(m.info2 & Info2.durableDelete)) {
    if (!settings.mayExpunge) return { error: Result.forbidden };
    return { record: undefined, reply: replyWith(undefined, out) };
  }
  const record: StoredRecord = {
    ...before,
    bins: NO_OPS,
    binCount: 0,
    generation: nextGeneration(before, settings),
    voidTime: 0,
    lastUpdate: Math.max(settings.now, before.lastUpdate + 1),
    regime: settings.regime,
    tombstone: true,
  };
  return { record, reply: replyWith(undefined, out) };
}

/** 0 means that there is none: it is left out. */
function nextGeneration(before: StoredRecord | undefined, { maxGeneration }: WriteSettings): number {
  const generation = before?.generation ?? 0;
  return generation < maxGeneration ? generation + 1 : 1;
}

/** When the record will expire; undefined where a TTL is refused. */
function voidTimeOf(
  before: StoredRecord | undefined,
  m: Message,
  settings: WriteSettings,
): number | undefined {
  if (m.ttl === TTL_UNCHANGED) return before?.voidTime ?? 0;
  const ttl = m.ttl === 0 ? settings.defaultTtl : m.ttl === TTL_NEVER ? 0 : m.ttl;
  if (ttl === 0) return 0;
  if (settings.nsupPeriod === 0) return undefined;
  return secondsSince2010(settings.now) + ttl;
}

/** One operation of a write; it changes `bins`, and adds what it answers to `out`. */
function writeOp(
  op: MessageOp,
  bins: Bin[],
  subject: () => Subject,
  out: MessageOp[],
  respondAll: boolean,
): number {
  const at = bins.findIndex((bin) => bin.name === op.name);
  const bin = at < 0 ? undefined : bins[at];
  switch (op.op) {
    case Op.read:
    case Op.cdtRead:
    case Op.bitRead:
    case Op.hllRead:
      return readOp(op, new Map(bins.map((one) => [one.name, one])), subject, out, respondAll);
    case Op.expressionRead:
      return readOp(op, new Map(), subject, out, true);
    case Op.write:
      if (op.particle === Particle.null) takeOut(bins, at);
      else {
        const value = storedBytes(op);
        if (typeof value === "number") return value;
        set(bins, at, { name: op.name, particle: op.particle, value });
      }
      break;
    case Op.incr:
    case Op.append:
    case Op.prepend: {
      const stored = storedBytes(op);
      const value = bin && typeof stored !== "number" ? added(bin, op) : stored;
      if (typeof value === "number") return value;
      set(bins, at, { name: op.name, particle: op.particle, value });
      break;
    }
    case Op.cdtModify: {
      const outcome = operateCdt(bin, op.name, op.value, true);
      if (outcome.result !== Result.ok) return outcome.result;
      if (outcome.bin) set(bins, at, outcome.bin);
      if (outcome.answer) {
        out.push({ ...nothing(op), ...outcome.answer });
        return Result.ok;
      }
      break;
    }
    case Op.expressionModify: {
      const { error, content } = { content: undefined, ...writeExpression(op.value, bin, subject()) };
      if (error !== undefined) return error;
      if (content) set(bins, at, { name: op.name, ...content });
      else if (content === null) takeOut(bins, at);
      break;
    }
    case Op.delete:
      bins.length = 0;
      break;
    default:
      return Result.unsupportedFeature;
  }
  if (respondAll) out.push(nothing(op));
  return Result.ok;
}

function set(bins: Bin[], at: number, bin: Bin): void {
  if (at < 0) bins.push(bin);
  else bins[at] = bin;
}

/** As the server does (recorded): the last bin takes the place of the one removed. */
function takeOut(bins: Bin[], at: number): void {
  if (at < 0) return;
  const last = bins.pop()!;
  if (at < bins.length) bins[at] = last;
}

/** What an increment, append or prepend makes of a bin; the server's code where the types do not fit. */
function added(bin: Bin, { op, particle, value }: MessageOp): Buffer | number {
  const isNumber = particle === Particle.integer || particle === Particle.float;
  const isText = particle === Particle.string || particle === Particle.blob;
  if (bin.particle !== particle || (op === Op.incr ? !isNumber : !isText)) return Result.binType;
  if (op === Op.append) return Buffer.concat([bin.value, value]);
  if (op === Op.prepend) return Buffer.concat([value, bin.value]);
  const sum = Buffer.alloc(8);
  if (particle === Particle.float) sum.writeDoubleBE(bin.value.readDoubleBE() + value.readDoubleBE());
  else sum.writeBigInt64BE(BigInt.asIntN(64, bin.value.readBigInt64BE() + value.readBigInt64BE()));
  return sum;
}
