import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import { AdminError, decodeAdmin } from "../wire/admin";
import { Result } from "../wire/codes";
import { inflated } from "../wire/compressed";
import { type Frame, FrameError, FrameReader, FrameType } from "../wire/frame";
import { decodeInfoRequest, InfoResponse } from "../wire/info-frame";
import { answerInfo } from "../info/info";
import type { Peers } from "../info/peers";
import { type Client, type DataRights, Messages, statusFrame } from "./messages";
import { Security, securityNotEnabled, type Session } from "./security";
import { Turns } from "./turns";

const ALL_RIGHTS: DataRights = { read: true, write: true };
/** Requests, info commands, keys of a batch or frames of a scan that a connection is answered in one turn. */
export const TURN = 32;

/** What carries a connection's bytes: a socket, or a driver in the same process. */
export interface Transport {
  /** Sends bytes to the client. */
  send(bytes: Buffer): void;
  /** Resets the connection. */
  reset(): void;
  /** Whether the client leaves much unread: nothing is done for it then until {@link Connection.drained}. @default never */
  isFull?(): boolean;
  /** Called after each turn: what the connection holds, and whether it is behind, may have changed. */
  turned?(): void;
}

/** All nodes of a cluster as clients meet them: info, messages and admin messages, whatever carries them. */
export class Services {
  readonly messages: Messages;
  readonly security: Security | undefined;
  readonly turns: Turns;
  private readonly open = new Map<Node, number>();

  constructor(
    readonly cluster: Cluster,
    security = false,
  ) {
    this.messages = new Messages(cluster);
    this.turns = new Turns((run) => cluster.clock.afterTurn(run));
    this.security = security ? new Security(() => cluster.clock.now()) : undefined;
  }

  /** A client connects to a node; `peers` are the addresses that its place knows. */
  connect(node: Node, peers: Peers, transport: Transport): Connection {
    this.open.set(node, this.connections(node) + 1);
    return new Connection(this, node, peers, transport, () =>
      this.open.set(node, this.connections(node) - 1),
    );
  }

  /** Answers an info command as a node does to its own host, where an operator may do all. */
  info(node: Node, peers: Peers, command: string): string {
    const context = {
      cluster: this.cluster,
      node,
      peers,
      connections: this.connections(node),
      mayAdminister: true,
    };
    const [{ answer }] = answerInfo(context, [command], false);
    return answer;
  }

  /** Open connections of clients to a node. */
  connections(node: Node): number {
    return this.open.get(node) ?? 0;
  }
}

/** One client's connection to one node. */
export class Connection {
  private readonly reader = new FrameReader();
  private readonly session: Session = { user: undefined };
  private closed = false;
  /** Frames are answered in their order, though a write may wait: messages behind it wait with it. */
  private readonly queue: Frame[] = [];
  /** Bytes of those frames. */
  private queued = 0;
  private busy = false;
  /** Bytes of the request that is under way, and of the info response that is made. */
  private underWay = 0;
  /** Goes on with a long answer. */
  private step: (() => boolean) | undefined;
  /** In its turn now, or waiting for it. */
  private turn: "now" | "later" | undefined;
  private readonly client: Client = {
    send: (frame, last) => {
      if (last) {
        this.busy = false;
        this.underWay = 0;
      }
      if (this.closed) return;
      this.transport.send(frame);
      if (last) this.goOn();
    },
    fail: (error) => this.fail(error),
    paced: (step) => {
      this.step = step;
      this.goOn();
    },
  };

  constructor(
    private readonly services: Services,
    private readonly node: Node,
    private readonly peers: Peers,
    private readonly transport: Transport,
    private readonly onClose: () => void,
  ) {}

  /** Whether it has requests that are not begun: nothing more should be read from the client. */
  get isBehind(): boolean {
    return this.queue.length > 0;
  }

  /** Bytes of memory that its client makes it hold, beside answers that are sent. */
  get memory(): number {
    return this.reader.memory + this.queued + this.underWay;
  }

  /** Bytes from the client. */
  receive(bytes: Buffer): void {
    if (this.closed) return;
    try {
      for (const frame of this.reader.push(bytes)) {
        this.queue.push(frame);
        this.queued += frame.body.length;
      }
    } catch (error) {
      return this.fail(error);
    }
    this.goOn();
  }

  /** The client has read what was sent to it. */
  drained(): void {
    this.goOn();
  }

  /** The client is gone. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.queue.length = 0;
    this.step = undefined;
    this.onClose();
  }

  /** Ends it from here, and says why. */
  reset(why: string): void {
    this.fail(new Error(why));
  }

  /** Resets the connection: its bytes were no frame, or something went wrong that should not; the cluster lives on. */
  private fail(error: unknown): void {
    if (!(error instanceof FrameError || error instanceof AdminError)) {
      this.services.cluster.log.add("connection-failed", { node: this.node.id, error: String(error) });
    }
    this.transport.reset();
    this.close();
  }

  /** Takes a turn at once, where it does not wait for one. */
  private goOn(): void {
    if (this.turn === undefined && this.takeTurn()) this.services.turns.add(() => this.takeTurn());
  }

  /** Takes steps. Returns whether it has more to do, in a turn to come. */
  private takeTurn(): boolean {
    this.turn = "now";
    let steps = 0;
    while (steps < TURN && this.canGoOn()) {
      steps++;
      try {
        this.takeStep();
      } catch (error) {
        this.fail(error);
      }
    }
    const more = steps === TURN && this.canGoOn();
    this.turn = more ? "later" : undefined;
    this.transport.turned?.();
    return more;
  }

  private canGoOn(): boolean {
    if (this.closed || (this.step === undefined && (this.busy || this.queue.length === 0))) return false;
    return !(this.transport.isFull?.() ?? false);
  }

  private takeStep(): void {
    const { step } = this;
    if (step === undefined) {
      const frame = this.queue.shift()!;
      this.queued -= frame.body.length;
      this.handle(frame);
    } else if (!step()) this.step = undefined;
  }

  private handle({ type, body }: Frame): void {
    if (type === FrameType.info) this.info(body);
    else if (type === FrameType.admin) this.admin(body);
    else if (type === FrameType.compressed) this.message(messageOf(inflated(body)));
    else this.message(body);
  }

  private info(body: Buffer): void {
    const { cluster, security } = this.services;
    const { session } = this;
    const refused = { command: `ERROR:${Result.notAuthenticated}`, answer: "not authenticated" };
    const answers =
      security && session.user === undefined
        ? [refused].values()
        : answerInfo(
            {
              cluster,
              node: this.node,
              peers: this.peers,
              connections: this.services.connections(this.node),
              mayAdminister: security?.mayAdminister(session) ?? true,
            },
            decodeInfoRequest(body),
            body.length === 0,
          );
    const response = new InfoResponse();
    this.busy = true;
    this.client.paced(() => {
      const { value, done } = answers.next();
      if (done) this.client.send(response.frame(), true);
      else response.add(value);
      this.underWay = done ? 0 : body.length + response.length;
      return !done;
    });
  }

  private admin(body: Buffer): void {
    const { security } = this.services;
    this.transport.send(
      security ? security.handle(this.session, decodeAdmin(body).admin) : securityNotEnabled(body),
    );
  }

  private message(body: Buffer): void {
    const { security, messages } = this.services;
    if (security && this.session.user === undefined) {
      this.transport.send(statusFrame(Result.notAuthenticated));
      return;
    }
    this.busy = true;
    this.underWay = body.length;
    messages.handle(this.node, body, security?.dataRights(this.session) ?? ALL_RIGHTS, this.client);
  }
}

/** Messages alone are sent compressed. */
function messageOf({ type, body }: Frame): Buffer {
  if (type !== FrameType.message) throw new FrameError(`compressed frame of type ${type}`);
  return body;
}
