import { partitionOf } from "../../model";
import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import { type BatchKey, decodeBatch } from "../wire/batch";
import { Field, Info2, Info3, Op, Result } from "../wire/codes";
import { FRAME_HEADER, FrameType, writeHeader } from "../wire/frame";
import {
  decodeMessage,
  encodeMessages,
  fieldOf,
  type Message,
  message,
  MESSAGE_HEADER,
  MessageError,
  namespaceOf,
  writeMessageHeader,
} from "../wire/message";
import { filterOf } from "../expression/filter";
import { asReads, type Reply, reply } from "./operate";
import { CHUNK, query, queryRefusal } from "./query";
import { type Asker, recordRequest, transactionMaxMs, Transactions } from "./transactions";

/** What a connection may do with data. */
export interface DataRights {
  readonly read: boolean;
  readonly write: boolean;
}

/** Who asked, as its answer comes. */
export interface Client {
  /** Takes a frame of the answer; `last` says that it is complete. */
  send(frame: Buffer, last: boolean): void;
  /** There will be no answer: something went wrong that should not, after `handle` had returned. */
  fail(error: unknown): void;
  /**
   * Takes steps of a long answer, in the connection's turns, until one returns false; it rests while the client leaves much
   * unread.
   */
  paced(step: () => boolean): void;
}

/** The message protocol of a cluster's nodes: records, batches, scans and queries. */
export class Messages {
  private readonly transactions: Transactions;

  constructor(private readonly cluster: Cluster) {
    this.transactions = new Transactions(cluster);
  }

  /** Answers a message that came to `node`: one frame or more, in the end always. */
  handle(node: Node, body: Buffer, rights: DataRights, client: Client): void {
    answering(client, undefined, () => {
      this.answer(node, decodeMessage(body).message, rights, client);
      return false;
    });
  }

  private answer(node: Node, m: Message, rights: DataRights, client: Client): void {
    answering(client, m, () => {
      const refused = this.refusal(m, rights);
      if (refused !== undefined) client.send(statusFrame(refused, m), true);
      else if (fieldOf(m, Field.batch)) this.batch(node, m, rights, client);
      else if (isQuery(m)) this.query(node, m, client);
      else {
        const request = recordRequest(m, transactionMaxMs(node));
        this.transactions.run(node, request, {
          respond: (answer) => client.send(replyFrame(answer), true),
          fail: (error) => client.fail(error),
        });
      }
      return false;
    });
  }

  /** Why a message is refused before its records are looked at. */
  private refusal(m: Message, rights: DataRights): number | undefined {
    if (!mayDo(m, rights)) return Result.roleViolation;
    if (fieldOf(m, Field.batch)) return undefined;
    if (namespaceOf(m) !== this.cluster.namespace.name) return Result.invalidNamespace;
    if (isOutOfScope(m)) return Result.unsupportedFeature;
    return isQuery(m) ? queryRefusal(m) : undefined;
  }

  private query(node: Node, m: Message, client: Client): void {
    const frames = query(this.cluster, node, m);
    client.paced(() =>
      answering(client, m, () => {
        const { value, done } = frames.next();
        if (!value) return !done;
        const [frame, last] = value;
        client.send(frame, last);
        return !last;
      }),
    );
  }

  /** Keys are looked at as the client reads: the answers to all of them may be more than memory holds. */
  private batch(node: Node, m: Message, rights: DataRights, client: Client): void {
    const { keys } = decodeBatch(fieldOf(m, Field.batch)!);
    const filter = fieldOf(m, Field.filter);
    // One that cannot be built refuses the whole batch, whatever its keys are.
    if (filter) filterOf(filter);
    const answers: BatchAnswer[] = [];
    let [next, open, size] = [0, keys.length, 0];
    let going = false;
    const start = (key: BatchKey) => {
      this.batchKey(node, m, key, rights, {
        respond: (answer) => {
          answers.push({ index: key.index, answer });
          size += sizeOf(answer);
          open--;
          go();
        },
        fail: (error) => client.fail(error),
      });
    };
    const step = () => {
      if (size > CHUNK || (open === 0 && answers.length > 0)) {
        const frame = batchFrame(answers);
        size -= frame.length - FRAME_HEADER;
        client.send(frame, false);
      } else if (next < keys.length) start(keys[next++]);
      else {
        if (open === 0) client.send(encodeMessages([message({ info3: Info3.last })]), true);
        return false;
      }
      return true;
    };
    const go = () => {
      if (going) return;
      going = true;
      client.paced(() => (going = answering(client, m, step)));
    };
    node.count("batch_index_initiate");
    go();
  }

  private batchKey(node: Node, m: Message, key: BatchKey, rights: DataRights, asker: Asker): void {
    const { digest, request } = key;
    if (!mayDo(request, rights)) return asker.respond(reply(Result.roleViolation));
    if (namespaceOf(request) !== this.cluster.namespace.name)
      return asker.respond(reply(Result.invalidNamespace));
    if (isOutOfScope(request)) return asker.respond(reply(Result.unsupportedFeature));
    // A filter of the whole batch stands beside its keys.
    const filter = m.fields.filter(({ type }) => type === Field.filter);
    const isRead = (request.info2 & (Info2.write | Info2.delete)) === 0;
    this.transactions.run(
      node,
      {
        pid: partitionOf(digest),
        digest: digest.toString("latin1"),
        message: { ...request, info3: request.info3 | readMode(m), fields: [...request.fields, ...filter] },
        ttl: m.transactionTtl || transactionMaxMs(node),
        origin: "batch_sub",
      },
      isRead && request.ops.some(({ op }) => op !== Op.read)
        ? { respond: (answer) => asker.respond(asReads(answer)), fail: asker.fail }
        : asker,
    );
  }
}

const OUT_OF_SCOPE: readonly number[] = [
  Field.udfPackage,
  Field.multiRecordTransaction,
  Field.multiRecordDeadline,
];

/** Bits of the fourth info byte: verify a read, roll forward, roll back. */
const TRANSACTION_BITS = 7;

/** Functions, and transactions over several records: a client must not believe that it is in one. */
function isOutOfScope(m: Message): boolean {
  return (m.info4 & TRANSACTION_BITS) !== 0 || m.fields.some(({ type }) => OUT_OF_SCOPE.includes(type));
}

function readMode(m: Message): number {
  return m.info3 & (Info3.scReadType | Info3.scReadRelax);
}

function mayDo(m: Message, rights: DataRights): boolean {
  if (fieldOf(m, Field.batch)) return rights.read || rights.write;
  return m.info2 & (Info2.write | Info2.delete) ? rights.write : rights.read;
}

function isQuery(m: Message): boolean {
  return !fieldOf(m, Field.digest) && !fieldOf(m, Field.key);
}

/** Takes a step of an answer; a request found to be malformed, or not to be answered, ends it with its code. */
function answering(client: Client, m: Message | undefined, step: () => boolean): boolean {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    client.send(statusFrame(error.result, m), true);
    return false;
  }
}

/** A frame that only tells a result; of a request that it refuses it has the number, if that has one, and ends its batch. */
export function statusFrame(result: number, refused: Pick<Message, "fields"> = { fields: [] }): Buffer {
  const fields = refused.fields.filter(({ type }) => type === Field.transactionId);
  const info3 = fieldOf(refused, Field.batch) ? Info3.last : 0;
  return encodeMessages([message({ result, info3, fields })]);
}

function replyFrame(answer: Reply): Buffer {
  const size = sizeOf(answer);
  const out = Buffer.allocUnsafe(FRAME_HEADER + size);
  writeHeader(out, FrameType.message, size);
  writeReply(answer, 0, out, FRAME_HEADER);
  return out;
}

interface BatchAnswer {
  readonly index: number;
  readonly answer: Reply;
}

/** A frame of the first answers, which are taken out. */
function batchFrame(answers: BatchAnswer[]): Buffer {
  let [count, size] = [0, 0];
  while (count < answers.length && size <= CHUNK) size += sizeOf(answers[count++].answer);
  const out = Buffer.allocUnsafe(FRAME_HEADER + size);
  writeHeader(out, FrameType.message, size);
  let at = FRAME_HEADER;
  for (const { index, answer } of answers.splice(0, count)) at = writeReply(answer, index, out, at);
  return out;
}

function sizeOf({ ops }: Reply): number {
  return MESSAGE_HEADER + ops.length;
}

function writeReply(answer: Reply, index: number, out: Buffer, at: number): number {
  const { result, generation, voidTime: ttl } = answer;
  const header = {
    info1: 0,
    info2: 0,
    info3: 0,
    info4: 0,
    result,
    generation,
    ttl,
    transactionTtl: index,
  };
  const end = writeMessageHeader(header, 0, answer.opCount, out, at);
  answer.ops.copy(out, end);
  return end + answer.ops.length;
}
