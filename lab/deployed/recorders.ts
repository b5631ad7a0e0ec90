import { writeFileSync } from "node:fs";
import { setTimeout as rest } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { Observer } from "../observe/observer";
import type { Sample } from "../observe/samples";
import { monotonic } from "../load/clock";
import { type RecordedSample, readRecorded, sampleOf } from "./recorded-samples";

/** Milliseconds between two looks at the latest samples. */
const LOOK = 1000;
/** Milliseconds in which a recorder has to be heard of: it puts its latest sample every 2 s, or 5 s. */
const SILENT = 20_000;
/** Milliseconds after which a node that is not heard of is a gap at once, until it is heard of again. */
const LOST = 12_000;

export interface RecordedNode {
  readonly id: string;
  /** What the names of its recorder's objects begin with. */
  readonly object: string;
}

export interface RecordersProps {
  readonly nodes: readonly RecordedNode[];
  readonly namespace: string;
  /** The results bucket. */
  readonly get: (key: string) => Promise<Buffer | undefined>;
  /** Microseconds to add to the wall time of a node's host for the run's clock; and by which that may be wrong. */
  readonly clockOf: (node: string) => { readonly ahead: number; readonly within: number };
  /** Ends the recorders; each puts all its samples first. */
  readonly end: () => Promise<void>;
}

interface Seen extends RecordedSample {
  /** When it began, and when the answers had come, on the run's clock. */
  readonly from: number;
  readonly at: number;
}

/** What the recorders of the database hosts see: their latest samples while the run goes on, and all of them in the end. */
export class Recorders {
  private readonly latest = new Map<string, Seen>();
  private readonly seen = new Map<string, Sample[]>();
  private readonly listeners = new Set<(sample: Sample) => void>();
  private readonly following: Promise<void>;
  private readonly troubles = new Map<string, string>();
  private readonly heardAt = new Map<string, number>();
  private ended = false;

  constructor(private readonly props: RecordersProps) {
    this.following = this.follow();
  }

  /**
   * What a node's server says, of those commands that its recorder asks: in a sample that was begun after the question.
   * @returns undefined where it does not answer in 20 s
   */
  async ask(node: string, command: string): Promise<string | undefined> {
    const asked = monotonic();
    for (const end = Date.now() + SILENT; Date.now() < end && !this.ended; await rest(100)) {
      const sample = this.latest.get(node);
      if (this.isLost(node)) return undefined;
      if (sample === undefined || sample.from - this.props.clockOf(node).within < asked) continue;
      return command === "node" && sample.answers.size > 0 ? node : sample.answers.get(command);
    }
    return undefined;
  }

  /** Whether a node's recorder was heard of, and no longer is. */
  isLost(node: string): boolean {
    const heard = this.heardAt.get(node);
    return heard !== undefined && Date.now() - heard > LOST;
  }

  /** Whether it is this machine that no longer reads what a node's recorder puts. */
  isUnread(node: string): boolean {
    return this.isLost(node) && this.troubles.has(node);
  }

  /** Whether recorders ask a command. */
  asks(command: string): boolean {
    const { namespace } = this.props;
    const of = [`namespace/${namespace}`, `roster:namespace=${namespace}`, `sets/${namespace}`];
    return ["node", "statistics", "replicas", ...of].includes(command);
  }

  /** Resolves when every recorder was heard of. @throws Error naming those that were not, within 60 s */
  async heard(): Promise<void> {
    const missing = () => this.props.nodes.filter(({ id }) => !this.latest.has(id));
    for (const end = Date.now() + 4 * SILENT; missing().length > 0; await rest(100)) {
      if (Date.now() < end) continue;
      const told = missing().map(({ id }) => `${id} (${this.troubles.get(id) ?? "it put nothing"})`);
      throw new Error(
        `Recorders were not heard of within ${(4 * SILENT) / 1000} s: ${told.join(", ")}. On their hosts: journalctl --unit=stretch-recorder`,
      );
    }
  }

  /** Follows them for a run, as its observer. */
  observer(path: string, onSample: (sample: Sample) => void): Observer {
    const last = new Map<string, Sample>();
    const listener = (sample: Sample) => {
      last.set(sample.node, sample);
      onSample(sample);
    };
    this.listeners.add(listener);
    let over: () => void = () => {};
    let died: (error: Error) => void = () => {};
    const ended = new Promise<void>((resolve, reject) => ([over, died] = [resolve, reject]));
    ended.catch(() => {});
    const stop = async () => {
      this.listeners.delete(listener);
      try {
        writeFileSync(path, await this.all());
        over();
      } catch (error) {
        died(error as Error);
      }
      return ended;
    };
    return { ready: this.heard(), ended, last, stop };
  }

  /** No longer follows. */
  async close(): Promise<void> {
    this.ended = true;
    await this.following;
  }

  private async follow(): Promise<void> {
    await Promise.all(
      this.props.nodes.map(async (node) => {
        let heard = Date.now();
        while (!this.ended) {
          if (await this.look(node)) heard = Date.now();
          if (Date.now() - heard > SILENT) {
            heard = Date.now();
            this.note(node.id, {
              ...{ at: monotonic(), node: node.id, took: SILENT },
              gap: this.troubles.get(node.id) ?? "its recorder is not heard of",
            });
          }
          await rest(LOOK);
        }
      }),
    );
  }

  /** Takes the latest sample of a node. @returns whether it is a new one */
  private async look({ id, object }: RecordedNode): Promise<boolean> {
    const { get, namespace } = this.props;
    try {
      const latest = await get(`${object}.latest`);
      this.troubles.delete(id);
      const [recorded] = readRecorded(latest?.toString("utf8") ?? "");
      if (recorded === undefined || recorded.begun === this.latest.get(id)?.begun) return false;
      const placed = this.placed(id, recorded);
      this.latest.set(id, placed);
      this.heardAt.set(id, Date.now());
      this.note(id, sampleOf(id, namespace, recorded, placed.at));
      return true;
    } catch (error) {
      this.troubles.set(id, (error as Error).message);
      return false;
    }
  }

  private note(id: string, sample: Sample): void {
    const seen = this.seen.get(id);
    if (seen) seen.push(sample);
    else this.seen.set(id, [sample]);
    for (const listener of this.listeners) listener(sample);
  }

  private placed(id: string, recorded: RecordedSample): Seen {
    const from = recorded.begun + this.props.clockOf(id).ahead;
    return { ...recorded, from, at: from + recorded.took };
  }

  /** All samples, as lines: those of a host that did not put them are the latest ones that were seen. */
  private async all(): Promise<string> {
    const { nodes, namespace, get, end } = this.props;
    // Whatever a host does not answer, the others' samples are there.
    await end().catch(() => {});
    const samples = await Promise.all(
      nodes.map(async ({ id, object }) => {
        const packed = await get(`${object}.gz`).catch(() => undefined);
        if (packed === undefined) return this.seen.get(id) ?? [];
        return readRecorded(gunzipSync(packed).toString("utf8")).map((recorded) =>
          sampleOf(id, namespace, recorded, this.placed(id, recorded).at),
        );
      }),
    );
    return samples
      .flat()
      .sort((a, b) => a.at - b.at)
      .map((sample) => `${JSON.stringify(sample)}\n`)
      .join("");
  }
}
