import { hostname, userInfo } from "node:os";
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { patient } from "./aws-clients";
import { awsFailure } from "./aws-failure";
import type { ResultsPlace } from "./results";

/** Where the parameters of runs are; those of faults' records are below /stretch/. */
const PATH = "/stretch-run";
/** Parameter that, with the value `on`, forbids every fault of runs. */
export const LEVER = `${PATH}/hold`;

/** Below it is a lock for each deployment that has one. */
export const LOCKS = `${PATH}/lock/`;

/** Name of the lock of a deployment: a bucket is of one alone. */
export function lockName({ bucket }: ResultsPlace): string {
  return `${LOCKS}${bucket}`;
}

/** Whose lock it is. */
export interface LockOwner {
  /** Name of the stack. */
  readonly stack: string;
  /** The run's name. */
  readonly run: string;
  /** Tags of the parameter. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Keeps a second run away from a stack: a parameter of Systems Manager that is only put where there is none. */
export class RunLock {
  private constructor(
    private readonly ssm: SSMClient,
    private readonly region: string,
    private readonly name: string,
    private readonly value: string,
  ) {}

  /**
   * Takes the lock.
   *
   * @param breakIt removes another's first. @default false
   * @throws Error where another run has it, with its owner and age
   */
  static async take({ stack, run, tags }: LockOwner, place: ResultsPlace, breakIt = false): Promise<RunLock> {
    const ssm = new SSMClient(patient(place.region));
    const name = lockName(place);
    const owner = `${userName()}@${hostname()}, process ${process.pid}`;
    const value = JSON.stringify({ run, stack, owner, since: new Date().toISOString() });
    try {
      if (breakIt) await removed(ssm, name);
      const what = {
        Name: name,
        Value: value,
        Type: "String",
        Description: "A run of stretch is going",
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      } satisfies PutParameterCommandInput;
      await ssm.send(new PutParameterCommand({ ...what, Overwrite: false }));
      return new RunLock(ssm, place.region, name, value);
    } catch (error) {
      const there = error instanceof ParameterAlreadyExists;
      // Put by a call whose answer was lost, and that was made again.
      if (there && (await valueOf(ssm, name).catch(() => undefined)) === value) {
        return new RunLock(ssm, place.region, name, value);
      }
      const reason = there
        ? `A run is going on the stack ${stack} already: ${await holderOf(ssm, name)}. Wait for its end; where it was killed, --break-lock removes its lock (${name} in ${place.region}).`
        : awsFailure(place.region, error);
      ssm.destroy();
      throw new Error(`${reason} Nothing was broken.`, { cause: error });
    }
  }

  /**
   * Gives it back, where it is still this run's.
   * @throws Error where AWS does not answer, with what the next run takes
   */
  async release(): Promise<void> {
    try {
      if ((await valueOf(this.ssm, this.name)) === this.value) await removed(this.ssm, this.name);
    } catch (error) {
      throw new Error(
        `The run's lock could not be given back (${this.name}, ${awsFailure(this.region, error)}): the next run takes --break-lock.`,
        { cause: error },
      );
    } finally {
      this.ssm.destroy();
    }
  }
}

/**
 * Looks at the safety lever.
 *
 * @throws Error where it is on in a region, or cannot be read
 */
export async function assertLeverOff(regions: readonly string[]): Promise<void> {
  await Promise.all(
    regions.map(async (region) => {
      const ssm = new SSMClient(patient(region));
      let value: string | undefined;
      try {
        value = await valueOf(ssm, LEVER);
      } catch (error) {
        throw new Error(`The safety lever could not be read: ${awsFailure(region, error)}`, { cause: error });
      } finally {
        ssm.destroy();
      }
      if (value?.trim().toLowerCase() === "on") {
        throw new Error(
          `The safety lever is on (parameter ${LEVER} in ${region}): no fault is made. Whoever put it says when it goes: aws ssm delete-parameter --name ${LEVER} --region ${region}`,
        );
      }
    }),
  );
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

async function holderOf(ssm: SSMClient, name: string): Promise<string> {
  const text = await valueOf(ssm, name).catch(() => undefined);
  try {
    const { run, owner, since } = JSON.parse(text!) as Record<string, string>;
    const minutes = Math.round((Date.now() - Date.parse(since)) / 60_000);
    return `${run} of ${owner}, since ${since} (${minutes} minutes)`;
  } catch {
    return "of nobody who can be told";
  }
}

async function valueOf(ssm: SSMClient, Name: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

async function removed(ssm: SSMClient, Name: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
}
