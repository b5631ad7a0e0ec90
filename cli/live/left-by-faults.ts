import { stretchCommand } from "../../modules/stack/own-command";
import { findTraces, type Trace, removeTraces } from "./traces";

/**
 * Removes what faults left that Terraform does not know, as an interrupted apply leaves it, and reads back that it is gone. Goes by
 * the stack's own record, as `stretch heal` does.
 *
 * @returns how many were removed
 * @throws Error where AWS does not tell or refuses, or nobody can tell whose they are
 */
export async function removeLeftByFaults(stack: string, regions: readonly string[]): Promise<number> {
  const left = await leftIn(stack, regions);
  if (left.length === 0) return 0;
  const failures = await removeTraces(left, () => {});
  if (failures.length > 0) {
    const [{ trace, reason }] = failures;
    throw new Error(`${failures.length} entries of a fault stay: ${trace.id} ${trace.what}: ${reason}`);
  }
  const still = await leftIn(stack, regions);
  if (still.length > 0)
    throw new Error(`${still.length} entries of a fault were removed, and are still there.`);
  return left.length;
}

/**
 * Sees that nothing of a fault is there that Terraform does not know: its own check is not in HCL.
 *
 * @throws Error where something is, or AWS does not tell. Of several deployments of the stack nobody can tell whose it is.
 */
export async function assertNoneLeft(stack: string, regions: readonly string[]): Promise<void> {
  const { left, deployments } = await look(stack, regions);
  if (left.length === 0 || deployments > 1) return;
  const [{ kind, id, what }] = left;
  throw new Error(
    `A fault was left on ${stack}, which Terraform does not know: ${kind} ${id} ${what}${left.length > 1 ? ` and ${left.length - 1} more` : ""}. Run: ${stretchCommand(`heal ${stack}`)}. Nothing was broken by this run.`,
  );
}

async function leftIn(stack: string, regions: readonly string[]): Promise<readonly Trace[]> {
  const { left, deployments } = await look(stack, regions);
  if (left.length > 0 && deployments > 1) {
    throw new Error(
      `Faults left entries, and the account has ${deployments} deployments of the stack: ${stretchCommand(`heal ${stack} --deployment ID`)}`,
    );
  }
  return left;
}

async function look(
  stack: string,
  regions: readonly string[],
): Promise<{ left: readonly Trace[]; deployments: number }> {
  const { found, unseen } = await findTraces(stack, regions);
  if (unseen.length > 0) {
    throw new Error(
      `What faults left could not be looked at: ${unseen.map(({ reason }) => reason).join("; ")}`,
    );
  }
  return {
    left: found.flatMap(({ traces }) => traces),
    deployments: new Set(found.map(({ deployment }) => deployment)).size,
  };
}
