import { createHash } from "node:crypto";
import { partitionOf } from "../../model";
import type { Cluster } from "../cluster/cluster";
import type { Node, Owners, View } from "../cluster/node";
import { beats, isExpired, type StoredRecord } from "../cluster/record";
import { Field, Info2, Info3, Result } from "../wire/codes";
import { fieldOf, type Message, message, MessageError } from "../wire/message";
import { filterOf } from "../expression/filter";
import { type Asking, askingOf, subjectOf } from "../expression/subject";
import { read, type Reply, reply, touchByRead, touchTtl, write, type WriteSettings } from "./operate";

/** One record's request: where it belongs, and the message. */
export interface RecordRequest {
  readonly pid: number;
  /** Digest as latin1, the key of a copy. */
  readonly digest: string;
  readonly message: Message;
  /** Milliseconds that it may take. */
  readonly ttl: number;
  /** Prefix of the counters that it moves. `read_touch`: a read's own renewal of the record's life. */
  readonly origin: "client" | "batch_sub" | "read_touch";
}

/** The request of a single-record message. Throws {@link MessageError} where it names no record. */
export function recordRequest(m: Message, transactionMaxMs: number): RecordRequest {
  const bytes = fieldOf(m, Field.digest) ?? digestOfKey(m);
  if (bytes.length !== 20) throw new MessageError("digest is not of 20 bytes");
  return {
    pid: partitionOf(bytes),
    digest: bytes.toString("latin1"),
    message: m,
    ttl: m.transactionTtl || transactionMaxMs,
    origin: "client",
  };
}

/** Milliseconds that a request may take at a node, where it does not say so itself. */
export function transactionMaxMs({ settings }: Node): number {
  return settings.service.number("transaction-max-ms");
}

function digestOfKey(m: Message): Buffer {
  const key = fieldOf(m, Field.key);
  if (!key) throw new MessageError("neither digest nor key");
  return createHash("ripemd160")
    .update(fieldOf(m, Field.set) ?? "")
    .update(key)
    .digest();
}

/** Who waits for the answer to a request. */
export interface Asker {
  respond(reply: Reply): void;
  /** There will be no answer: something went wrong that should not, after `run` had returned. */
  fail(error: unknown): void;
}

/** Generations have 16 bits; in strong consistency 10, the rest is the regime. */
const MAX_GENERATION_AP = 0xffff;
const MAX_GENERATION_SC = 0x3ff;

/** Nothing to answer yet: it has to be tried again. */
const WAIT = Symbol("wait");
type Attempt = Reply | typeof WAIT;

/** What a request has under way at a master: begun once, whatever is tried again. */
class UnderWay {
  private master: Node | undefined;

  constructor(private readonly digest: string) {}

  /** Whether it is under way at a master, begun now where it was not; false where too many are. */
  begin(master: Node): boolean {
    if (this.master) return true;
    if (!master.underWay.enter(this.digest, master.transactionPendingLimit)) {
      master.count("fail_key_busy");
      return false;
    }
    this.master = master;
    return true;
  }

  end(): void {
    this.master?.underWay.leave(this.digest);
    this.master = undefined;
  }
}

/** Reads and writes of single records: found at their master, replicated, answered; what cannot be done yet waits until its time is out. */
export class Transactions {
  constructor(private readonly cluster: Cluster) {}

  /** Carries out a request that came to `node`, and answers exactly once. */
  run(node: Node, request: RecordRequest, asker: Asker): void {
    const underWay = new UnderWay(request.digest);
    const carryOut = this.attemptOf(node, request, underWay);
    const attempt = () => {
      try {
        return carryOut();
      } catch (error) {
        if (error instanceof MessageError) return reply(error.result);
        throw error;
      }
    };
    const end = (answer: Reply) => {
      underWay.end();
      this.count(node, request, answer.result);
      asker.respond(answer);
    };
    const fail = (error: unknown) => {
      underWay.end();
      asker.fail(error);
    };
    const { ms, asking } = this.networkTime(node, request);
    if (asking && !underWay.begin(asking)) return end(reply(Result.keyBusy));
    const begin = () => {
      const first = attempt();
      if (first !== WAIT) return end(first);
      this.cluster.waiting.add(
        node,
        Math.max(0, request.ttl - ms),
        guarded(fail, () => {
          const next = attempt();
          if (next === WAIT) return false;
          end(next);
          return true;
        }),
        guarded(fail, () => {
          end(reply(Result.timeout));
          return true;
        }),
      );
    };
    if (ms === 0) return begin();
    // All of it happens at the end of that time: what is cut off in between could not be done.
    const { startedAt } = node;
    const late = guarded(fail, () => {
      if (node.up && node.startedAt === startedAt) begin();
      else end(reply(Result.timeout));
      return true;
    });
    this.cluster.clock.after(ms, () => this.cluster.whenRunning(node, late));
  }

  /**
   * Milliseconds that the network takes of a request: to the master where another node got it, and from there to those that
   * it has to ask, side by side, and back (one round trip each for other versions, and for replicas: Aerospike's
   * architecture, "Strong consistency"). `asking`: the master that has it under way for that time.
   */
  private networkTime(node: Node, { pid, digest, message: m }: RecordRequest): { ms: number; asking?: Node } {
    const { links, namespace } = this.cluster;
    const owners = links.areSlow ? node.view?.partitions[pid] : undefined;
    const master = owners?.master;
    if (!owners || !master) return { ms: 0 };
    const strong = namespace.strongConsistency;
    const isWrite = (m.info2 & (Info2.write | Info2.delete)) !== 0;
    const relaxed = !isWrite && strong && (m.info3 & Info3.scReadRelax) !== 0;
    const pending = strong && (master.copyOf(pid)?.unreplicated.has(digest) ?? false);
    if (relaxed && !pending && owners.replicas.includes(node) && !owners.filling.has(node)) return { ms: 0 };
    const linear = (m.info3 & (Info3.scReadType | Info3.scReadRelax)) === Info3.scReadType;
    const early = !strong && this.commitsAtMaster(master, m);
    const replicas = (isWrite ? !early : strong && (linear || pending)) ? this.writers(owners, master) : [];
    const farthest = (asked: readonly Node[]) =>
      Math.max(0, ...asked.map((other) => links.roundTrip(master, other)));
    const asked = farthest(isWrite || strong ? owners.sources : []) + farthest(replicas);
    return { ms: links.roundTrip(node, master) + asked, ...(asked > 0 && { asking: master }) };
  }

  private attemptOf(node: Node, request: RecordRequest, underWay: UnderWay): () => Attempt {
    const isWrite = (request.message.info2 & (Info2.write | Info2.delete)) !== 0;
    if (!isWrite) return () => this.read(node, request, underWay);
    let applied: Applied | undefined;
    return () => {
      if (applied) return this.finish(applied, request);
      const outcome = this.write(node, request, underWay);
      if (outcome === WAIT || "result" in outcome) return outcome;
      applied = outcome;
      return this.finish(applied, request);
    };
  }

  private read(node: Node, request: RecordRequest, underWay: UnderWay): Attempt {
    const { message: m, pid } = request;
    const strong = this.cluster.namespace.strongConsistency;
    const view = node.view;
    if (!view) return reply(Result.unavailable);
    const mode = m.info3 & (Info3.scReadType | Info3.scReadRelax);
    // Recorded on a Community server; what an Enterprise one says of an AP namespace is not known.
    if (!strong && mode & Info3.scReadType) return reply(Result.enterpriseOnly);
    const owners = view.partitions[pid];
    const relaxed = (mode & Info3.scReadRelax) !== 0;
    // Relaxed reads may be stale, never dirty ("Consistency modes"): a version in doubt is for the master to replicate first.
    const inDoubt = strong && (node.copyOf(pid)?.unreplicated.has(request.digest) ?? false);
    if (!owners.master) {
      const anyCopy = relaxed && (mode & Info3.scReadType) !== 0 && node.holds(pid);
      return anyCopy && !inDoubt ? this.readLocal(node, request) : reply(Result.unavailable);
    }
    if (relaxed && !inDoubt && owners.replicas.includes(node) && !owners.filling.has(node)) {
      const due = node !== owners.master && this.touches(node, request) !== 0;
      // What renews a record's life is the master's to read.
      if (!due) return this.readLocal(node, request);
    }

    const master = this.masterFor(node, view, owners);
    if (master === WAIT) return WAIT;
    if (isElsewhere(master, view)) return isMaster(master, pid) ? this.read(master, request, underWay) : WAIT;
    if (strong) {
      const linear = mode === Info3.scReadType;
      const replicated = !(master.copyOf(pid)?.unreplicated.has(request.digest) ?? false);
      const alone = owners.sources.length === 0 && replicated && !linear;
      if (!alone && !underWay.begin(master)) return reply(Result.keyBusy);
      if (!this.resolve(master, view, owners, request)) return WAIT;
      const pending = master.copyOf(pid)?.unreplicated.has(request.digest) ?? false;
      if (pending && !this.replicate(master, view, owners, request)) return WAIT;
      if (linear && !this.writers(owners, master).every((other) => this.reaches(master, other, view)))
        return WAIT;
    }
    const ttl = this.touches(master, request);
    if (ttl === undefined) return reply(Result.parameter);
    const answer = this.readLocal(master, request);
    if (ttl > 0 && answer.result === Result.ok) this.touch(master, request, ttl);
    return answer;
  }

  /** Seconds for which a read at a node renews the record's life; 0 = it does not, undefined = it asks for what there is not. */
  private touches(node: Node, { pid, digest, message: m }: RecordRequest): number | undefined {
    const record = node.copyOf(pid)?.get(digest);
    if (!record || record.voidTime === 0 || record.tombstone) return 0;
    return touchTtl(record, m.ttl, node.settings.namespace.number("default-read-touch-ttl-pct"), node.now());
  }

  /** Renews a record's life after a read: a write of the master's own, that nobody waits for. */
  private touch(master: Node, { pid, digest }: RecordRequest, ttl: number): void {
    const request: RecordRequest = {
      ...{ pid, digest, origin: "read_touch", ttl: transactionMaxMs(master) },
      message: message({ info2: Info2.write, ttl }),
    };
    this.cluster.clock.afterTurn(() => {
      if (master.runs)
        this.run(master, request, {
          respond: () => {},
          fail: (error) =>
            this.cluster.log.add("read-touch-failed", { node: master.id, error: String(error) }),
        });
    });
  }

  private readLocal(node: Node, { pid, digest, message: m }: RecordRequest): Reply {
    const record = live(node.copyOf(pid)?.get(digest), node);
    if (!record) return reply(Result.notFound);
    const asking = askingOf(node, digest);
    return passes(m, record, asking) ? read(record, m, asking) : reply(Result.filteredOut);
  }

  /** Applies a write at the master, not yet at the replicas. */
  private write(node: Node, request: RecordRequest, underWay: UnderWay): Applied | Attempt {
    const { message: m, pid, digest } = request;
    const view = node.view;
    const owners = view?.partitions[pid];
    if (!view || !owners?.master) return reply(Result.unavailable);
    const master = this.masterFor(node, view, owners);
    if (master === WAIT) return WAIT;
    if (isElsewhere(master, view))
      return isMaster(master, pid) ? this.write(master, request, underWay) : WAIT;
    // Support article "Error 22 on node addition with strong consistency".
    if (this.cluster.stopsWritesForSkew(master)) return reply(Result.forbidden);
    // What removes is welcome there.
    if (!(m.info2 & Info2.delete) && master.isFull) return reply(Result.serverFull);
    const alone = owners.sources.length === 0 && owners.replicas.every((other) => other === master);
    if (!alone && !underWay.begin(master)) return reply(Result.keyBusy);
    if (!this.resolve(master, view, owners, request)) return WAIT;
    const copy = master.ownCopy(pid);
    // What is not yet at every replica is brought there before anything is built on it.
    if (copy.unreplicated.has(digest) && !this.replicate(master, view, owners, request)) return WAIT;
    const stored = copy.get(digest);
    const before = live(stored, master);
    const asking = askingOf(master, digest);
    if (before && !passes(m, before, asking)) return reply(Result.filteredOut);
    const tombstone = stored?.tombstone ? stored : undefined;
    const outcome =
      request.origin === "read_touch"
        ? touchByRead(before, m.ttl, master.now(), view.regime)
        : write(before, tombstone, m, asking, this.writeSettings(master, view, m));
    if (outcome.error !== undefined) {
      if (outcome.error === Result.generation) master.count("fail_generation");
      if (outcome.error === Result.recordTooBig) master.count("fail_record_too_big");
      return reply(outcome.error);
    }
    if (!outcome.record) {
      const others = this.writers(owners, master).filter((other) => other !== master);
      // A removal that cannot reach every replica is not begun: it leaves nothing that could be replicated later.
      if (!others.every((other) => this.reaches(master, other, view))) return WAIT;
      for (const other of [master, ...others]) other.copyOf(pid)?.delete(digest);
      return outcome.reply;
    }
    copy.set(digest, outcome.record);
    copy.unreplicated.add(digest);
    return { master, record: outcome.record, reply: outcome.reply };
  }

  private writeSettings(master: Node, { regime }: View, m: Message): WriteSettings {
    const settings = master.settings.namespace;
    const strong = this.cluster.namespace.strongConsistency;
    return {
      now: master.now(),
      regime,
      set: fieldOf(m, Field.set)?.toString("utf8") ?? "",
      key: fieldOf(m, Field.key),
      nsupPeriod: settings.number("nsup-period"),
      defaultTtl: settings.number("default-ttl"),
      maxRecordSize: settings.number("max-record-size"),
      maxGeneration: strong ? MAX_GENERATION_SC : MAX_GENERATION_AP,
      mayExpunge: !strong || settings.flag("strong-consistency-allow-expunge"),
    };
  }

  /** Replicates what a write applied; acknowledged only when all current replicas have it, and it still stands. */
  private finish({ master, record, reply: answer }: Applied, request: RecordRequest): Attempt {
    const { pid, digest, message: m } = request;
    const copy = master.copyOf(pid);
    const view = master.view;
    const owners = view?.partitions[pid];
    if (!master.up || !view || !copy || copy.get(digest) !== record) return WAIT;
    if (owners?.master !== master) return WAIT;
    const replicated = !copy.unreplicated.has(digest) || this.replicate(master, view, owners, request);
    const early = !this.cluster.namespace.strongConsistency && this.commitsAtMaster(master, m);
    return replicated || early ? answer : WAIT;
  }

  /** Whether a write is acknowledged before its replicas have it: by the node's settings, or the client's wish. */
  private commitsAtMaster({ settings }: Node, m: Message): boolean {
    const override = settings.namespace.text("write-commit-level-override");
    return override === "off" ? (m.info3 & Info3.commitMaster) !== 0 : override === "master";
  }

  /** The working master, where `node` is it or reaches it. */
  private masterFor(node: Node, view: View, owners: Owners): Node | typeof WAIT {
    const master = owners.master!;
    if (master === node) return node;
    if (!this.reaches(node, master, view)) return WAIT;
    node.count("client_proxy_complete");
    return master;
  }

  /**
   * Whether a node gets something done at another as a member of its cluster. Recorded of orphans in availability mode: they
   * still do at whom they hear, whatever cluster that is in; in strong consistency it would refuse them.
   */
  private reaches(from: Node, to: Node, view: View): boolean {
    const orphaned = from.orphanedAt !== undefined && to.view !== undefined;
    const accepted = to.view === view || (orphaned && !this.cluster.namespace.strongConsistency);
    return accepted && this.cluster.links.linked(from, to);
  }

  private writers(owners: Owners, master: Node): Node[] {
    return owners.replicas.includes(master) ? [...owners.replicas] : [master, ...owners.replicas];
  }

  /** Brings the best of all versions here, where others hold some (duplicate resolution); false where one cannot be asked. */
  private resolve(master: Node, view: View, owners: Owners, { pid, digest }: RecordRequest): boolean {
    if (owners.sources.length === 0) return true;
    if (!owners.sources.every((source) => this.reaches(master, source, view))) return false;
    master.count("dup_res_ask");
    let best = master.copyOf(pid)?.get(digest);
    let from: Node | undefined;
    for (const source of owners.sources) {
      const other = source.copyOf(pid)?.get(digest);
      if (other && other !== best && (!best || beats(other, best, this.cluster.policy))) {
        best = other;
        from = source;
      }
    }
    if (best && from) {
      const copy = master.ownCopy(pid);
      copy.set(digest, best);
      copy.unreplicated.add(digest);
    }
    return true;
  }

  /** Brings the master's version of a record to all current replicas; false where one cannot be reached. */
  private replicate(master: Node, view: View, owners: Owners, { pid, digest }: RecordRequest): boolean {
    const copy = master.ownCopy(pid);
    const record = copy.get(digest);
    if (!record) return true;
    let all = true;
    const reached: Node[] = [];
    for (const other of owners.replicas) {
      if (other === master) continue;
      if (!this.reaches(master, other, view)) {
        all = false;
        continue;
      }
      const replica = other.ownCopy(pid);
      replica.set(digest, record);
      replica.unreplicated.add(digest);
      reached.push(other);
    }
    if (!all) return false;
    copy.unreplicated.delete(digest);
    for (const other of reached) other.ownCopy(pid).unreplicated.delete(digest);
    return true;
  }

  private count(node: Node, { message: m, origin }: RecordRequest, result: number): void {
    if (origin === "read_touch") return node.count(`read_touch_${touchOutcome(result)}`);
    const kind = m.info2 & Info2.delete ? "delete" : m.info2 & Info2.write ? "write" : ("read" as const);
    node.count(`${origin}_${kind}_${outcomeName(kind, result)}`);
  }
}

/** A version that is a record now by a node's clock: neither a tombstone nor expired. */
function live(record: StoredRecord | undefined, node: Node): StoredRecord | undefined {
  const gone = !record || record.tombstone || isExpired(record, node.now());
  return gone ? undefined : record;
}

/** A step of a waiting request, which the asker hears of where it fails: other requests wait beside it. */
function guarded(fail: (error: unknown) => void, step: () => boolean): () => boolean {
  return () => {
    try {
      return step();
    } catch (error) {
      fail(error);
      return true;
    }
  };
}

/** A write applied at its master. */
interface Applied {
  readonly master: Node;
  readonly record: StoredRecord;
  readonly reply: Reply;
}

/** How `namespace/` counts what came of a read's touch. */
function touchOutcome(result: number): string {
  if (result === Result.ok) return "success";
  if (result === Result.timeout) return "timeout";
  return result === Result.notFound || result === Result.keyBusy ? "skip" : "error";
}

function outcomeName(kind: "read" | "write" | "delete", result: number): string {
  if (result === Result.ok) return "success";
  if (result === Result.timeout) return "timeout";
  if (result === Result.filteredOut) return "filtered_out";
  return result === Result.notFound && kind !== "write" ? "not_found" : "error";
}

function passes(m: Message, record: StoredRecord, asking: Asking): boolean {
  const filter = fieldOf(m, Field.filter);
  return !filter || filterOf(filter)(subjectOf(record, asking));
}

/** An orphan's old master is in another cluster by now: it does only what falls to it as a member of that. */
function isElsewhere(master: Node, view: View): boolean {
  return master.view !== view && master.orphanedAt === undefined;
}

function isMaster(node: Node, pid: number): boolean {
  return node.view?.partitions[pid].master === node;
}
