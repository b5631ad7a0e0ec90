import { partitionOf } from "../../../model";
import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import { type BatchKey, decodeBatch } from "../wire/batch";
import { Field, Info2, Info3, Result } from "../wire/codes";
import { FrameType, writeHeader } from "../wire/frame";
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
import { type Reply, reply } from "./operate";
import { query, queryRefusal } from "./query";
import { type Asker, recordRequest, Transactions } from "./transactions";

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
}

/** The message protocol of a cluster's nodes: records, batches, scans and queries. */
export class Messages {
  private readonly transactions: Transactions;

  constructor(private readonly cluster: Cluster) {
    this.transactions = new Transactions(cluster);
  }

  /** Answers a message that came to `node`: one frame or more, in the end always. */
  handle(node: Node, body: Buffer, rights: DataRights, client: Client): void {
    try {
      const { message: m } = decodeMessage(body);
      const refused = this.refusal(m, rights);
      if (refused !== undefined) client.send(statusFrame(refused), true);
      else if (fieldOf(m, Field.batch)) this.batch(node, m, rights, client);
      else if (isQuery(m)) for (const [frame, last] of query(this.cluster, node, m)) client.send(frame, last);
      else {
        const request = recordRequest(m, this.cluster.options.transactionMaxMs);
        this.transactions.run(node, request, {
          respond: (answer) => client.send(replyFrame(answer), true),
          fail: (error) => client.fail(error),
        });
      }
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      client.send(statusFrame(Result.parameter), true);
    }
  }

  /** Why a message is refused before its records are looked at. */
  private refusal(m: Message, rights: DataRights): number | undefined {
    if (!mayDo(m, rights)) return Result.roleViolation;
    if (fieldOf(m, Field.batch)) return undefined;
    if (namespaceOf(m) !== this.cluster.namespace.name) return Result.invalidNamespace;
    if (fieldOf(m, Field.udfPackage)) return Result.unsupportedFeature;
    return isQuery(m) ? queryRefusal(m) : undefined;
  }

  private batch(node: Node, m: Message, rights: DataRights, client: Client): void {
    const { keys } = decodeBatch(fieldOf(m, Field.batch)!);
    const answers: { index: number; answer: Reply }[] = [];
    const done = () => {
      if (answers.length < keys.length) return;
      if (answers.length > 0) client.send(batchFrame(answers), false);
      client.send(encodeMessages([message({ info3: Info3.last })]), true);
    };
    node.count("batch_index_initiate");
    for (const key of keys) {
      this.batchKey(node, m, key, rights, {
        respond: (answer) => {
          answers.push({ index: key.index, answer });
          done();
        },
        fail: (error) => client.fail(error),
      });
    }
    if (keys.length === 0) done();
  }

  private batchKey(node: Node, m: Message, key: BatchKey, rights: DataRights, asker: Asker): void {
    const { digest, request } = key;
    if (!mayDo(request, rights)) return asker.respond(reply(Result.roleViolation));
    if (namespaceOf(request) !== this.cluster.namespace.name)
      return asker.respond(reply(Result.invalidNamespace));
    // A filter of the whole batch stands beside its keys.
    const filter = m.fields.filter(({ type }) => type === Field.filter);
    this.transactions.run(
      node,
      {
        pid: partitionOf(digest),
        digest: digest.toString("latin1"),
        message: { ...request, info3: request.info3 | readMode(m), fields: [...request.fields, ...filter] },
        ttl: m.transactionTtl || this.cluster.options.transactionMaxMs,
        origin: "batch_sub",
      },
      asker,
    );
  }
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

/** A frame that only tells a result. */
export function statusFrame(result: number): Buffer {
  return encodeMessages([message({ result })]);
}

function replyFrame(answer: Reply): Buffer {
  const size = MESSAGE_HEADER + answer.ops.length;
  const out = Buffer.allocUnsafe(8 + size);
  writeHeader(out, FrameType.message, size);
  writeReply(answer, 0, out, 8);
  return out;
}

function batchFrame(answers: readonly { index: number; answer: Reply }[]): Buffer {
  const size = answers.reduce((sum, { answer }) => sum + MESSAGE_HEADER + answer.ops.length, 0);
  const out = Buffer.allocUnsafe(8 + size);
  writeHeader(out, FrameType.message, size);
  let at = 8;
  for (const { index, answer } of answers) at = writeReply(answer, index, out, at);
  return out;
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
