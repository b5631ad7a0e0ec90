import { NONE } from "../../model";
import type { Changing } from "../drivers/driver";
import type { Breaker } from "./deployed-driver";
import { assertLeverOff } from "./run-lock";
import { assertScheduled } from "./schedules";
import type { SwitchedFault, Terraform } from "./terraform";

const MINUTE = 60_000;
/** Minutes from the end of a run to that of its fault, and the least that a fault may last. */
const [BEYOND, LEAST] = [15, 30];

export interface TerraformBreakerProps {
  readonly terraform: Terraform;
  readonly faults: readonly SwitchedFault[];
  /** Regions in which the safety lever is looked at. */
  readonly regions: readonly string[];
  /** When the run is over at the latest, milliseconds of the epoch. */
  readonly runEnds: number;
  /** Removes what faults left that Terraform does not know. @returns how many */
  readonly removeLeft: () => Promise<number>;
  readonly says: (text: string) => void;
}

/** Makes the faults of a deployed stack by Terraform's variables, each with an end of its own. */
export class TerraformBreaker implements Breaker {
  private heals = 0;

  constructor(private readonly props: TerraformBreakerProps) {}

  /** @throws Error where a heal was begun before the fault was: it is not made after that */
  async fault(name: string): Promise<Changing | undefined> {
    const { terraform, faults, regions, says } = this.props;
    if (name === NONE) return this.heal();
    const { heals } = this;
    const assertWanted = () => {
      if (this.heals !== heals) throw new Error(`The fault ${name} was not made: a heal came first.`);
    };
    await assertLeverOff(regions);
    assertWanted();
    const fault = faults.find((one) => one.name === name)!;
    const healAt = this.healAt();
    const plan = await terraform.planFault(fault, healAt);
    // Again: a plan takes minutes where a stack is large.
    await assertLeverOff(regions);
    assertWanted();
    const changing = await terraform.apply(plan);
    if (fault.healAt !== undefined) {
      await assertScheduled(await terraform.schedules(plan), healAt);
      says(`It ends by itself at ${healAt}: its schedules are there.`);
    }
    return changing;
  }

  /**
   * Ends every fault by Terraform; then removes what an interrupted apply left and Terraform does not know.
   *
   * @returns when the network was changed; undefined where nothing was, or by others than Terraform
   * @throws Error where neither is seen to be done
   */
  async heal(): Promise<Changing | undefined> {
    this.heals++;
    const { terraform, removeLeft, says } = this.props;
    let failure: Error | undefined;
    const changing = await terraform.heal().catch((error: Error) => {
      failure = error;
      return undefined;
    });
    let removed: number;
    try {
      removed = await removeLeft();
    } catch (error) {
      says((error as Error).message);
      if (failure !== undefined) throw failure;
      return changing;
    }
    if (removed === 0 && failure !== undefined) throw failure;
    if (removed === 0) return changing;
    says(`${removed} entries of a fault that Terraform did not know were removed, and read back`);
    await terraform.heal().catch((error: Error) => says(`Terraform has not heard of it. ${error.message}`));
    return undefined;
  }

  /** The end of a fault that is made now, RFC 3339 in UTC, whole minutes: AWS keeps no more. */
  healAt(): string {
    const end = Math.max(Date.now() + LEAST * MINUTE, this.props.runEnds + BEYOND * MINUTE);
    return new Date(Math.ceil(end / MINUTE) * MINUTE).toISOString().replace(/\.\d+Z$/, "Z");
  }
}
