import type { StepRecord } from "./run";

/** What is known of a deployed stack that was run on. */
export interface LiveFacts {
  readonly stack: string;
  readonly regions: readonly string[];
  /** Clocks, microseconds. */
  readonly clocks: {
    readonly hosts: number;
    /** How far a host's was from true time, at most, and within what that is known. */
    readonly fast: number;
    readonly within: number;
    /** Within what true time is known on the operator's machine; null where nothing tells. */
    readonly operator: number | null;
  };
  /** USD, about, on demand. */
  readonly cost?: LiveCost;
}

/** What a deployed stack costs, USD. */
export interface LiveCost {
  readonly hourly: number;
  readonly run: number;
  /** Since its first host was launched, and when that was (ISO 8601); undefined where it cannot be told. */
  readonly deployed?: { readonly since: string; readonly cost: number };
}

/** What the stack was, in sentences. */
export function liveTexts({ stack, regions, clocks, cost }: LiveFacts): string[] {
  return [
    `Run live on the stack ${stack} in AWS (${regions.join(", ")}).`,
    clocksText(clocks),
    ...(cost ? [costText(cost)] : []),
  ];
}

/** How well times of several hosts can be compared. */
export function clocksText({ hosts, fast, within, operator }: LiveFacts["clocks"]): string {
  const own = operator === null ? "by its own clock alone" : `within ${milliseconds(operator)}`;
  return `The clocks of ${hosts} hosts were at most ${milliseconds(fast)} from true time, known within ${milliseconds(within)}; this machine knows true time ${own}.`;
}

/** What it has cost. */
export function costText({ hourly, run, deployed }: LiveCost): string {
  const before = deployed
    ? `, and about ${dollars(deployed.cost)} since its first host was launched (${minute(deployed.since)} UTC)`
    : "";
  return `The stack cost about ${dollars(run)} during this run${before}; ${dollars(hourly)} each hour that it stays.`;
}

/** Of each step that changed the network one by one: the first change, the last, and what was foretold after the last. */
export function changesIn({
  steps,
  phases,
  startedAt,
}: {
  readonly steps: readonly StepRecord[];
  readonly phases: readonly { readonly from: number }[];
  readonly startedAt: string;
}): [string, string, string, string][] {
  const time = (at: number) => {
    const since = at - phases[0].from;
    const wall = new Date(Date.parse(startedAt) + since / 1000).toISOString();
    return `${(since / 1e6).toFixed(1)} s (${wall.slice(11, 23)} UTC)`;
  };
  return steps.flatMap(({ label, changing, foretold = "" }) =>
    changing ? [[label, time(changing.first), time(changing.last), foretold]] : [],
  );
}

export const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const minute = (iso: string) => iso.slice(0, 16).replace("T", " ");
const milliseconds = (microseconds: number) =>
  microseconds < 100 ? "0.1 ms" : `${(microseconds / 1000).toFixed(1)} ms`;
