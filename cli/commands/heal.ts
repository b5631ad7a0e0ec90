import { Argument, Command } from "commander";
import { NONE } from "../../model";
import { cdktfCommand, stretchCommand } from "../../modules/stack/own-command";
import { UsageError, VerdictError } from "../errors";
import { withAwsSdk } from "../live/aws-sdk";
import type { Findings, Trace } from "../live/traces";
import { tracesTable } from "../report/traces";
import { loadStack, stackNames } from "../scenario/stack";
import { synthesisedStack } from "../scenario/synthesised";
import { confirm } from "./confirm";
import { healPlayground } from "./heal-playground";
import { regions, stackName } from "./options";
import type { Output } from "./output";
import { noPortOption, PLAYGROUND_PORT } from "./playground-options";

interface Options {
  port?: number;
  region?: string[];
  deployment?: string;
  yes?: true;
}

const CLIENTS = ["ec2", "s3", "scheduler", "ssm"] as const;

/** `stretch heal`: removes what faults left, Terraform's state being there or not; without a stack, in the playground. */
export function healCommand(output: Output): Command {
  return new Command("heal")
    .summary(
      "remove what faults of a deployed stack left, without Terraform's state; without a stack, in the playground",
    )
    .description(
      "Lists what the faults of a stack left in AWS, with your own credentials, and removes it: entries in network ACLs, stops of " +
        "hosts, schedules. Only what the stack's own record, written before any fault, proves to be a fault's is removed; other " +
        "entries of low number are named and left. What a fault took away (routes, rules) is named with the command that puts it back. " +
        "Without STACK it makes the playground whole: the fault ends, links are fast again, nodes run; and it says what a run that was " +
        "killed had changed.",
    )
    .addArgument(new Argument("[STACK]", "name of the stack").argParser(stackName))
    .option(
      "--region <REGION...>",
      "where to look (default: the regions of the stack in cdktf.out, else of the app's; else all that are enabled)",
      regions,
    )
    .option("--deployment <ID>", "one deployment, where the account has several of the stack")
    .option("--yes", "remove what is listed, without a question")
    .addOption(noPortOption("without STACK, first port of the playground (default: 3000)"))
    .action(async (stack: string | undefined, { region, deployment, yes, port }: Options) => {
      if (stack === undefined) {
        if (region ?? deployment ?? yes) {
          throw new UsageError("--region, --deployment and --yes are for a stack: expected its name.");
        }
        return healPlayground(output, port ?? PLAYGROUND_PORT);
      }
      if (port !== undefined) {
        throw new UsageError(
          `Both the stack "${stack}" and --port ${port} were given: expected one of them, a stack in AWS or a playground.`,
        );
      }
      const places = region ?? (await regionsOf(stack));
      const findings = await tracesOf(stack, places, deployment);
      const { found, unseen } = findings;
      tell(output, stack, places, findings);
      const traces = found.flatMap((one) => one.traces);
      if (traces.length > 0) {
        assertOneDeployment(findings);
        if (!yes && !(await asked(stack, traces.length))) {
          throw new VerdictError(
            "Nothing was removed. Where no terminal asks, --yes removes what is listed.",
          );
        }
        await remove(output, stack, places, deployment, traces);
      }
      await tellLock(output, stack);
      const missing = found.flatMap((one) => one.missing);
      if (missing.length + unseen.length > 0 || found.length === 0) {
        throw new VerdictError(await verdictOf(stack, places, findings));
      }
      if (traces.length > 0) {
        output.print(
          `Healed, and read back. Terraform has not heard of it, so next: ${cdktfCommand(`deploy ${stack} --var fault=${NONE}`)}`,
        );
      }
    });
}

/**
 * Says what the faults of a stack left, and removes nothing.
 * @throws VerdictError where something is left, or nobody could look
 */
export async function tellTraces(output: Output, stack: string, given?: readonly string[]): Promise<void> {
  const places = given ?? (await regionsOf(stack));
  const findings = await tracesOf(stack, places);
  const { found, unseen } = findings;
  tell(output, stack, places, findings);
  const traces = found.flatMap((one) => one.traces).length;
  if (traces > 0)
    throw new VerdictError(`${traces} are left: ${stretchCommand(`heal ${stack}`)} removes them.`);
  const missing = found.flatMap((one) => one.missing).length;
  if (missing + unseen.length > 0 || found.length === 0) {
    throw new VerdictError(await verdictOf(stack, places, findings));
  }
}

/** What the faults of a stack left, of one deployment if it is named. */
async function tracesOf(stack: string, places: readonly string[], deployment?: string): Promise<Findings> {
  const { findTraces } = await withAwsSdk(CLIENTS, () => import("../live/traces"));
  const { found, unseen } = await findTraces(stack, places);
  return { found: found.filter((one) => (deployment ?? one.deployment) === one.deployment), unseen };
}

/** Where a stack is: what is synthesised says so, or the scenario; else every region is looked at. */
async function regionsOf(stack: string): Promise<string[]> {
  const synthesised = synthesisedStack(stack)?.regions ?? [];
  if (synthesised.length > 0) return [...synthesised];
  if ((await stackNames()).includes(stack)) {
    const { vpcs } = (await loadStack(stack)).metadata;
    return [...new Set(vpcs.map(({ region }) => region))];
  }
  const { enabledRegions } = await withAwsSdk(CLIENTS, () => import("../live/traces"));
  return enabledRegions();
}

/** Says what there is. */
function tell(output: Output, stack: string, places: readonly string[], { found, unseen }: Findings): void {
  const traces = found.flatMap((one) => one.traces);
  if (traces.length > 0) output.print(tracesTable(traces, output));
  else if (found.length > 0 && unseen.length === 0) {
    output.print(`Nothing that a fault of ${stack} made is left in ${places.join(", ")}.`);
  }
  for (const { reason } of unseen) output.complain(`Could not be looked at: ${reason}`);
  for (const stranger of found.flatMap((one) => one.strangers)) {
    output.complain(`Left alone, as nothing proves it to be a fault's: ${stranger}`);
  }
  for (const { what, region, command } of found.flatMap((one) => one.missing)) {
    output.complain(
      `${what} (${region}) is not there: a fault takes it away, and an apply with fault=none puts it back; where Terraform's state is lost: ${command}`,
    );
  }
}

/** Whether a person wants it, who types the stack's name. */
async function asked(stack: string, count: number): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  return confirm(`Type ${stack} to remove ${count === 1 ? "it" : `all ${count}`}: `, stack);
}

function assertOneDeployment({ found }: Findings): void {
  const deployments = [...new Set(found.map(({ deployment }) => deployment))];
  if (deployments.length < 2) return;
  throw new UsageError(
    `The account has ${deployments.length} deployments of the stack: expected --deployment with one of ${deployments.join(", ")}. Nothing was removed.`,
  );
}

/** Removes traces, and reads back whether they are gone. */
async function remove(
  output: Output,
  stack: string,
  places: readonly string[],
  deployment: string | undefined,
  traces: readonly Trace[],
): Promise<void> {
  const { removeTraces } = await withAwsSdk(CLIENTS, () => import("../live/traces"));
  const failures = await removeTraces(traces, (trace) => output.print(`removed ${named(trace)}`));
  if (failures.length > 0) {
    const lines = failures.map(({ trace, reason }) => `  ${named(trace)}: ${reason}`);
    throw new VerdictError(
      `${failures.length} of ${traces.length} stay:\n${lines.join("\n")}\n${await rights()}`,
    );
  }
  const { found } = await tracesOf(stack, places, deployment);
  const left = found.flatMap((one) => one.traces);
  if (left.length > 0) {
    throw new VerdictError(`Read back, ${left.length} are still there:\n${tracesTable(left, output)}`);
  }
}

function named({ region, kind, id, what }: Trace): string {
  return `${kind} ${id} ${what} (${region})`;
}

async function rights(): Promise<string> {
  const { HEAL_RIGHTS } = await withAwsSdk(CLIENTS, () => import("../live/traces"));
  return `stretch heal takes the rights ${HEAL_RIGHTS.join(", ")}.`;
}

/** Says of a lock that the killed apply left on Terraform's state. */
async function tellLock(output: Output, stack: string): Promise<void> {
  const synthesised = synthesisedStack(stack);
  if (synthesised === undefined || "local" in synthesised.backend) return;
  const { stateLock } = await withAwsSdk(CLIENTS, () => import("../live/state-lock"));
  const lock = await stateLock(synthesised);
  if (lock !== undefined) {
    output.complain(
      `Terraform's state is locked (${lock.told}). If that apply is dead: terraform -chdir=${synthesised.folder} force-unlock ${lock.id}`,
    );
  } else if (synthesised.backend.s3?.use_lockfile !== true) {
    output.print(
      `If the next deploy finds the state locked by an apply that is dead, its message has the ID: terraform -chdir=${synthesised.folder} force-unlock ID`,
    );
  }
}

/** Why it is not all well. */
async function verdictOf(
  stack: string,
  places: readonly string[],
  { found, unseen }: Findings,
): Promise<string> {
  const missing = found.flatMap((one) => one.missing).length;
  if (found.length === 0 && unseen.length === 0) {
    return `There is no record of faults of a stack ${stack} in ${places.join(", ")}, so that nothing can be proven to be one's. Name the stack as cdktf does, or other regions by --region.`;
  }
  return [
    ...(missing > 0 ? [`${missing} that faults took away are not there.`] : []),
    ...(unseen.length > 0
      ? [`${unseen.length} of ${places.length} regions could not be looked at. ${await rights()}`]
      : []),
  ].join("\n");
}
