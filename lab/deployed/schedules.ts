import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { patient } from "./aws-clients";
import { awsFailure } from "./aws-failure";
import { byRegion } from "./by-region";
import type { Schedule } from "./terraform";

/** Schedules that are asked for at a time, of a region. */
const AT_A_TIME = 5;

/**
 * Sees that AWS has the schedules that end a fault.
 *
 * @param healAt the fault's end, RFC 3339 in UTC
 * @throws Error where there is none, or one is missing, disabled, or of another time
 */
export async function assertScheduled(schedules: readonly Schedule[], healAt: string): Promise<void> {
  if (schedules.length === 0) {
    throw new Error(`No schedule ends the fault at ${healAt}: nobody would, were this machine lost.`);
  }
  const expected = `at(${healAt.replace(/Z$/, "")})`;
  for (const [region, here] of byRegion(schedules)) {
    const scheduler = new SchedulerClient(patient(region));
    try {
      for (let i = 0; i < here.length; i += AT_A_TIME) {
        await Promise.all(
          here.slice(i, i + AT_A_TIME).map(async ({ group, name }) => {
            const { ScheduleExpression, State } = await scheduler
              .send(new GetScheduleCommand({ GroupName: group, Name: name }))
              .catch((error: unknown) => {
                throw new Error(`The schedule ${name} that ends the fault: ${awsFailure(region, error)}`, {
                  cause: error,
                });
              });
            if (State === "ENABLED" && ScheduleExpression === expected) return;
            throw new Error(
              `The schedule ${name} (${region}) is ${State} for ${ScheduleExpression}: expected ENABLED for ${expected}.`,
            );
          }),
        );
      }
    } finally {
      scheduler.destroy();
    }
  }
}
