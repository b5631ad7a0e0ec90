import type { Clock } from "./clock";

/** One thing that happened: milliseconds since the cluster's start, what, and its particulars. */
export interface LogEvent {
  /** Milliseconds since the cluster's start. */
  readonly t: number;
  /** What happened: `fault`, `cluster`, `node-stop`, ... */
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** What happened in a run, in order. The same seed and the same steps in virtual time give the same lines, byte for byte. */
export class EventLog {
  readonly events: LogEvent[] = [];
  private readonly start: number;

  constructor(
    private readonly clock: Clock,
    private readonly sink?: (event: LogEvent) => void,
  ) {
    this.start = clock.now();
  }

  add(event: string, details: Record<string, unknown>): void {
    const entry = { t: this.clock.now() - this.start, event, ...details };
    this.events.push(entry);
    this.sink?.(entry);
  }

  /** One line of JSON an event. */
  text(): string {
    return this.events.map((event) => `${JSON.stringify(event)}\n`).join("");
  }
}
