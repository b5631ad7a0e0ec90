import type { ConnectOptions } from "../load/options";
import { ProgramProcess } from "../program-process";
import type { Observer } from "./observer";
import type { Sample } from "./samples";

/** What an observer looks at. */
export interface ObserverOptions extends ConnectOptions {
  /** Every node with an address on its own side. */
  readonly nodes: readonly { readonly id: string; readonly address: string }[];
  readonly namespace: string;
  /** File that the samples are written to, JSON lines. @default none */
  readonly path?: string;
}

/** The observer in a process of its own. */
export class ObserverProcess implements Observer {
  private readonly program: ProgramProcess<Sample>;
  /** Resolves when it looks; rejects where it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended; rejects where it died. */
  readonly ended: Promise<void>;
  /** The last sample of each node. */
  readonly last = new Map<string, Sample>();

  constructor(options: ObserverOptions, onSample: (sample: Sample) => void = () => {}) {
    this.program = new ProgramProcess(
      {
        folder: __dirname,
        name: "The observer",
        options,
        // Each info call holds a thread of the pool while it waits.
        environment: { UV_THREADPOOL_SIZE: String(options.nodes.length + 4) },
      },
      (sample) => {
        this.last.set(sample.node, sample);
        onSample(sample);
      },
    );
    this.ready = this.program.ready;
    this.ended = this.program.ended;
  }

  /** Ten looks a second. */
  fast(): void {
    this.program.tell("fast");
  }

  /** One look a second. */
  slow(): void {
    this.program.tell("slow");
  }

  async stop(): Promise<void> {
    this.program.tell("stop");
    await this.ended;
  }

  /** Ends it at once. */
  kill(): void {
    this.program.kill();
  }
}
