import type { Cluster } from "../cluster/cluster";
import type { Node } from "../cluster/node";
import { AdminError, decodeAdmin } from "../wire/admin";
import { Result } from "../wire/codes";
import { type Frame, FrameError, FrameReader, FrameType } from "../wire/frame";
import { decodeInfoRequest, encodeInfoResponse } from "../wire/info-frame";
import { answerInfo } from "../info/info";
import type { Peers } from "../info/peers";
import { type Client, type DataRights, Messages, statusFrame } from "./messages";
import { Security, securityNotEnabled, type Session } from "./security";

const ALL_RIGHTS: DataRights = { read: true, write: true };

/** What carries a connection's bytes: a socket, or a driver in the same process. */
export interface Transport {
  /** Sends bytes to the client. */
  send(bytes: Buffer): void;
  /** Resets the connection. */
  reset(): void;
  /** Whether the client leaves much unread: a long answer then rests until {@link Connection.drained}. @default never */
  isFull?(): boolean;
}

/** All nodes of a cluster as clients meet them: info, messages and admin messages, whatever carries them. */
export class Services {
  readonly messages: Messages;
  readonly security: Security | undefined;
  private readonly open = new Map<Node, number>();

  constructor(
    readonly cluster: Cluster,
    security = false,
  ) {
    this.messages = new Messages(cluster);
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
  private busy = false;
  private running = false;
  /** Goes on with an answer that rests. */
  private resume: (() => void) | undefined;
  private readonly client: Client = {
    send: (frame, last) => {
      if (last) this.busy = false;
      if (this.closed) return;
      this.transport.send(frame);
      if (last) this.next();
    },
    fail: (error) => this.fail(error),
    paced: (step) => this.paced(step),
  };

  constructor(
    private readonly services: Services,
    private readonly node: Node,
    private readonly peers: Peers,
    private readonly transport: Transport,
    private readonly onClose: () => void,
  ) {}

  /** Bytes from the client. */
  receive(bytes: Buffer): void {
    if (this.closed) return;
    try {
      for (const frame of this.reader.push(bytes)) this.queue.push(frame);
      this.next();
    } catch (error) {
      this.fail(error);
    }
  }

  /** The client has read what was sent to it. */
  drained(): void {
    const { resume } = this;
    this.resume = undefined;
    try {
      resume?.();
    } catch (error) {
      this.fail(error);
    }
  }

  /** The client is gone. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.queue.length = 0;
    this.resume = undefined;
    this.onClose();
  }

  /** Resets the connection: its bytes were no frame, or something went wrong that should not; the cluster lives on. */
  private fail(error: unknown): void {
    if (!(error instanceof FrameError || error instanceof AdminError)) {
      this.services.cluster.log.add("connection-failed", { node: this.node.id, error: String(error) });
    }
    this.transport.reset();
    this.close();
  }

  private paced(step: () => boolean): void {
    while (!this.closed) {
      if (this.transport.isFull?.()) {
        this.resume = () => this.paced(step);
        return;
      }
      if (!step()) return;
    }
  }

  private next(): void {
    // Most answers come at once, from within the loop: it goes on, rather than call itself for each.
    if (this.running) return;
    this.running = true;
    try {
      for (let frame; !this.busy && !this.closed && (frame = this.queue.shift());) this.handle(frame);
    } finally {
      this.running = false;
    }
  }

  private handle({ type, body }: Frame): void {
    if (type === FrameType.info) this.info(body);
    else if (type === FrameType.admin) this.admin(body);
    else this.message(body);
  }

  private info(body: Buffer): void {
    const { cluster, security } = this.services;
    const { session } = this;
    const answers =
      security && session.user === undefined
        ? [{ command: `ERROR:${Result.notAuthenticated}`, answer: "not authenticated" }]
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
    this.transport.send(encodeInfoResponse(answers));
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
    messages.handle(this.node, body, security?.dataRights(this.session) ?? ALL_RIGHTS, this.client);
  }
}
