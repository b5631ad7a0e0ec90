/** Signals that end a run, with the exit codes of processes that they end. */
const SIGNALS = new Map<NodeJS.Signals, number>([
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
]);

/**
 * Ctrl-C, a lost terminal and the like from its making on: what began is ended in order. Signals after the first do nothing: npm
 * sends a terminal's Ctrl-C once more, and a heal is not to be ended by it.
 */
export class Interruption {
  /** Of the signal that came; undefined where none did. */
  exitCode: number | undefined;
  /** `Interrupted by SIGINT.`; undefined where no signal came. */
  reason: string | undefined;
  private told: (reason: string) => void = () => {};
  private readonly listeners = [...SIGNALS].map(([signal, code]) => {
    const listener = () => {
      if (this.exitCode !== undefined) return;
      this.exitCode = code;
      this.reason = `Interrupted by ${signal}.`;
      this.told(this.reason);
    };
    process.on(signal, listener);
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
