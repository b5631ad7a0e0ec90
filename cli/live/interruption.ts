/** Signals that end a run, with the exit codes of processes that they end. */
const SIGNALS = new Map<NodeJS.Signals, number>([
  ["SIGINT", 130],
  ["SIGTERM", 143],
]);

/** Ctrl-C and the like from its making on: what began is ended in order. */
export class Interruption {
  /** Of the signal that came; undefined where none did. */
  exitCode: number | undefined;
  private reason: string | undefined;
  private told: (reason: string) => void = () => {};
  private readonly listeners = [...SIGNALS].map(([signal, code]) => {
    const listener = () => {
      this.exitCode = code;
      this.reason = `Interrupted by ${signal}.`;
      this.told(this.reason);
    };
    process.once(signal, listener);
    return { signal, listener };
  });

  /** Calls back at a signal; at once where it has come. */
  onSignal(told: (reason: string) => void): void {
    this.told = told;
    if (this.reason !== undefined) told(this.reason);
  }

  /** @throws Error where a signal has come */
  assertNone(): void {
    if (this.reason !== undefined) throw new Error(`${this.reason} Nothing was broken.`);
  }

  close(): void {
    for (const { signal, listener } of this.listeners) process.off(signal, listener);
  }
}
