import { digest, type Key, partitionOf, PARTITIONS } from "../../../model";
import { Line } from "../../../rehearsal/cluster/line";
import type { Node } from "../../../rehearsal/cluster/node";
import type { Bin } from "../../../rehearsal/cluster/bins";
import type { Connection, Services } from "../../../rehearsal/service/connection";
import { Field, Info1, Info2, Info3, Op, Particle, Result } from "../../../rehearsal/wire/codes";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { decodeInfoResponse, encodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import {
  decodeMessages,
  encodeMessages,
  type Message,
  message,
  type MessageOp,
} from "../../../rehearsal/wire/message";

/** What became of an operation; it fills as time passes. */
export interface Outcome {
  done: boolean;
  /** 0, a server's code, or a client's own: -8 no node for the partition, 9 timeout. */
  code: number | undefined;
  /** True where a write may or may not have been applied. */
  inDoubt: boolean;
  generation: number;
  bins: Record<string, number | string>;
}

/** How a read asks a strongly consistent namespace. @default "session" */
export type ReadMode = "session" | "linearize" | "allow-replica" | "allow-unavailable";

const READ_MODE: Readonly<Record<ReadMode, number>> = {
  session: 0,
  linearize: Info3.scReadType,
  "allow-replica": Info3.scReadRelax,
  "allow-unavailable": Info3.scReadType | Info3.scReadRelax,
};

/** The client's own code: no owner of the partition is known. */
export const NODE_NOT_FOUND = -8;

/** Owners of a partition as the client last heard of them: node ids by replica column, and the regime that they came with. */
interface KnownOwners {
  regime: number;
  ids: (string | undefined)[];
}

/**
 * A smart client for runs driven in process, in virtual time: it goes to the owners that the nodes named, as the real
 * clients do (an owner is never forgotten, a lower regime never believed), and speaks the wire protocol to them.
 */
export class DrivenClient {
  /** Idle connections: an operation has one of its own, and a lost answer costs it. */
  private readonly idle = new Map<Node, InProcessConnection[]>();
  private owners: KnownOwners[] = [];
  private reachable = new Set<Node>();
  private closed = false;

  /**
   * @param region where the client stands.
   * @param timeout milliseconds that an operation may take. @default 1000
   * @param tendInterval milliseconds between two questions for owners. @default 1000
   */
  constructor(
    private readonly services: Services,
    private readonly region: string,
    private readonly timeout = 1000,
    private readonly tendInterval = 1000,
  ) {
    this.owners = Array.from({ length: PARTITIONS }, () => ({ regime: -1, ids: [] }));
    this.tend();
  }

  /** Writes bins. */
  put(set: string, key: Key, bins: Readonly<Record<string, number | string>>): Outcome {
    const ops = Object.entries(bins).map(([name, value]) => writeOp(name, value));
    return this.run(set, key, { info2: Info2.write, ops }, "any");
  }

  /** Reads all bins. */
  get(set: string, key: Key, mode: ReadMode = "session"): Outcome {
    const parts = { info1: Info1.read | Info1.getAll, info3: READ_MODE[mode] };
    return this.run(set, key, parts, mode === "session" ? "master" : "any");
  }

  /** Removes a record; a durable removal leaves a tombstone. */
  remove(set: string, key: Key, durable: boolean): Outcome {
    const info2 = Info2.write | Info2.delete | (durable ? Info2.durableDelete : 0);
    return this.run(set, key, { info2 }, "any");
  }

  /** Asks one node an info command; undefined where no answer comes at once. */
  info(id: string, command: string): string | undefined {
    const node = this.services.cluster.node(id);
    let text: string | undefined;
    this.request(node, encodeInfoRequest([command]), (body) => {
      text = decodeInfoResponse(body)[0]?.answer;
    });
    return text;
  }

  /** Stops asking. */
  close(): void {
    this.closed = true;
  }

  private run(set: string, key: Key, parts: Partial<Message>, owners: "master" | "any"): Outcome {
    const { cluster } = this.services;
    const outcome: Outcome = { done: false, code: undefined, inDoubt: false, generation: 0, bins: {} };
    const id = Buffer.from(digest(set, key));
    const node = this.nodeFor(partitionOf(id), owners);
    if (!node) return Object.assign(outcome, { done: true, code: NODE_NOT_FOUND });
    const request = message({
      ...parts,
      transactionTtl: this.timeout,
      fields: [
        { type: Field.namespace, value: Buffer.from(cluster.namespace.name) },
        ...(set === "" ? [] : [{ type: Field.set, value: Buffer.from(set) }]),
        { type: Field.digest, value: id },
      ],
    });
    const isWrite = ((parts.info2 ?? 0) & Info2.write) !== 0;
    const end = (code: number, answer?: Message) => {
      if (outcome.done) return;
      outcome.done = true;
      outcome.code = code;
      outcome.inDoubt = isWrite && code === Result.timeout;
      outcome.generation = answer?.generation ?? 0;
      for (const op of answer?.ops ?? []) outcome.bins[op.name] = valueOf(op);
    };
    const abandon = this.request(node, encodeMessages([request]), (body) => {
      const [answer] = decodeMessages(body);
      end(answer.result, answer);
    });
    cluster.clock.after(this.timeout, () => {
      if (!outcome.done) abandon();
      end(Result.timeout);
    });
    return outcome;
  }

  /** The master where it can be reached; for all but session reads, else a replica. */
  private nodeFor(pid: number, owners: "master" | "any"): Node | undefined {
    const ids = owners === "master" ? this.owners[pid].ids.slice(0, 1) : this.owners[pid].ids;
    return ids
      .map((id) => (id === undefined ? undefined : this.services.cluster.node(id)))
      .find((node) => node && this.reachable.has(node));
  }

  /** Asks every node that answers for its partitions. */
  private tend(): void {
    if (this.closed) return;
    const { cluster } = this.services;
    this.reachable = new Set();
    for (const node of cluster.nodes) {
      if (!node.up || cluster.links.client(this.region, node) === "lost") continue;
      this.reachable.add(node);
      this.request(node, encodeInfoRequest(["replicas"]), (body) => {
        const [answer] = decodeInfoResponse(body);
        if (answer) this.learn(node, answer.answer);
      });
    }
    cluster.clock.after(this.tendInterval, () => this.tend());
  }

  private learn(node: Node, answer: string): void {
    const [regimeText, , ...bitmaps] = answer.slice(answer.indexOf(":") + 1).split(",");
    const regime = Number(regimeText);
    bitmaps.forEach((text, column) => {
      const bitmap = Buffer.from(text, "base64");
      for (let pid = 0; pid < PARTITIONS; pid++) {
        if (!(bitmap[pid >> 3] & (0x80 >> (pid & 7)))) continue;
        const known = this.owners[pid];
        if (regime < known.regime) continue;
        known.regime = regime;
        known.ids[column] = node.id;
      }
    });
  }

  /** Sends a request on a connection of its own; what is returned gives that up. */
  private request(node: Node, frame: Buffer, take: (body: Buffer) => void): () => void {
    const idle = this.idle.get(node) ?? [];
    this.idle.set(node, idle);
    const connection = idle.pop() ?? new InProcessConnection(this.services, node, this.region);
    connection.request(frame, (body) => {
      idle.push(connection);
      take(body);
    });
    return () => connection.close();
  }
}

/** A connection without a socket; what is lost is lost in silence. */
class InProcessConnection {
  private readonly reader = new FrameReader();
  private readonly connection: Connection;
  private waiting: ((body: Buffer) => void) | undefined;
  private readonly toNode: Line;

  constructor(
    private readonly services: Services,
    private readonly node: Node,
    private readonly region: string,
  ) {
    const { links, clock } = services.cluster;
    const here = { region };
    const toClient = new Line(clock, () => links.transit(node, here));
    this.toNode = new Line(
      clock,
      () => links.transit(here, node),
      links.areSlow ? clock.now() + links.roundTrip(here, node) : 0,
    );
    this.connection = services.connect(
      node,
      { address: (other) => other.id },
      {
        send: (bytes) => {
          for (const { body } of this.reader.push(bytes)) {
            const take = this.waiting;
            this.waiting = undefined;
            toClient.send(() => {
              if (this.arrives()) take?.(body);
            });
          }
        },
        reset: () => this.close(),
      },
    );
  }

  /** Asks for one answer at a time. */
  request(frame: Buffer, take: (body: Buffer) => void): void {
    this.toNode.send(() => {
      if (!this.arrives()) return;
      this.waiting = take;
      this.services.cluster.whenRunning(this.node, () => this.connection.receive(frame));
    });
  }

  close(): void {
    this.waiting = undefined;
    this.connection.close();
  }

  private arrives(): boolean {
    return this.node.up && this.services.cluster.links.client(this.region, this.node) !== "lost";
  }
}

function writeOp(name: string, value: number | string): MessageOp {
  const bin: Bin =
    typeof value === "string"
      ? { name, particle: Particle.string, value: Buffer.from(value, "utf8") }
      : { name, particle: Particle.integer, value: integerBytes(value) };
  return { op: Op.write, version: 0, ...bin };
}

function integerBytes(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(BigInt(value));
  return out;
}

function valueOf(op: MessageOp): number | string {
  return op.particle === Particle.integer ? Number(op.value.readBigInt64BE()) : op.value.toString("utf8");
}
