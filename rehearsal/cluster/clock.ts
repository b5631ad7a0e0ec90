/** What a timer returns: enough to cancel it. */
export interface Timer {
  cancel(): void;
}

/** Time as the cluster knows it: real beneath sockets, virtual for runs driven in process. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` once all that has arrived by now was looked at; at once where requests come one by one. */
  afterTurn(run: () => void): void;
}

/** The machine's time. Its timers do not keep the process alive. */
export class RealClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(ms: number, run: () => void): Timer {
    const timer = setTimeout(run, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }

  afterTurn(run: () => void): void {
    setImmediate(run);
  }
}

interface Due {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Time that stands still until it is advanced: what is due runs in order of time, then of its making. */
export class VirtualClock implements Clock {
  private time: number;
  private made = 0;
  private readonly heap: Due[] = [];
  private readonly afterwards: (() => void)[] = [];

  /** @param start milliseconds since 1970. @default 2024-08-14T15:00:00Z, the article's first day */
  constructor(start = Date.UTC(2024, 7, 14, 15)) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): Timer {
    const due: Due = { at: this.time + Math.max(0, ms), order: this.made++, run };
    push(this.heap, due);
    return {
      cancel: () => {
        due.run = undefined;
      },
    };
  }

  afterTurn(run: () => void): void {
    if (this.afterwards.push(run) > 1) return;
    while (this.afterwards.length > 0) {
      // One that asks for another one is through before that begins.
      this.afterwards[0]();
      this.afterwards.shift();
    }
  }

  /** Lets `ms` milliseconds pass. */
  advance(ms: number): void {
    const end = this.time + ms;
    while (this.heap.length > 0 && this.heap[0].at <= end) {
      const due = pop(this.heap);
      this.time = due.at;
      due.run?.();
    }
    this.time = end;
  }

  /**
   * Lets time pass until a condition holds.
   *
   * @param step milliseconds between two looks. @default 10
   * @throws Error where it does not hold within `limit` milliseconds.
   */
  advanceUntil(holds: () => boolean, limit: number, step = 10): void {
    const end = this.time + limit;
    while (!holds()) {
      if (this.time >= end) throw new Error(`The condition did not hold within ${limit} ms of virtual time.`);
      this.advance(step);
    }
  }
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Due[], item: Due): void {
  let i = heap.push(item) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!before(heap[i], heap[parent])) return;
    [heap[i], heap[parent]] = [heap[parent], heap[i]];
    i = parent;
  }
}

function pop(heap: Due[]): Due {
  const top = heap[0];
  const last = heap.pop()!;
  if (heap.length === 0) return top;
  heap[0] = last;
  for (let i = 0; ;) {
    const left = 2 * i + 1;
    if (left >= heap.length) return top;
    const child = left + 1 < heap.length && before(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!before(heap[child], heap[i])) return top;
    [heap[i], heap[child]] = [heap[child], heap[i]];
    i = child;
  }
}
