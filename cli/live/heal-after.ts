import { cdktfCommand } from "../../modules/stack/own-command";
import { UsageError } from "../errors";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DURATION = /^(?:\d+[smh])+$/;
/** The schedules must be there, and the cut too, before they are due. */
const SHORTEST_MS = 5 * UNITS.m;
/** As long as AWS's own fault injection lets an experiment last. */
const LONGEST_MS = 12 * UNITS.h;

/**
 * The variable `heal_at` of a fault that ends by itself: RFC 3339 in UTC, whole seconds.
 *
 * @param after duration from now, 5 minutes to 12 hours: `30m`, `90m`, `1h30m`. AWS keeps the end to the minute.
 * @throws UsageError for anything else
 */
export function healAt(after: string, now: Date): string {
  const milliseconds = DURATION.test(after)
    ? [...after.matchAll(/(\d+)([smh])/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
        0,
      )
    : Number.NaN;
  if (!(milliseconds >= SHORTEST_MS && milliseconds <= LONGEST_MS)) {
    throw new UsageError(
      `--heal-after "${after}" is no time for a fault to last: expected 5m to 12h, such as 30m or 1h30m ` +
        "(below 5 minutes it may be over before it is made).",
    );
  }
  return new Date(now.getTime() + milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A fault by the Terraform variables that make and end it. */
interface Switched {
  readonly name: string;
  readonly variable: string;
  readonly healAt: string;
}

/** The command that makes a fault of a deployed stack, with an end of its own. */
export function deployCommand(stack: string, { name, variable, healAt }: Switched, end: string): string {
  return cdktfCommand(`deploy ${stack} --var ${variable}=${name} --var ${healAt}=${end}`);
}
