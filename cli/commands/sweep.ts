import { Argument, Command } from "commander";
import { UsageError, VerdictError } from "../errors";
import { withAwsSdk } from "../live/aws-sdk";
import { lifetime, type OwnResource, ownerOf, stackOf } from "../live/tagged-resource";
import { expiredTable } from "../report/sweep";
import { confirm } from "./confirm";
import { regions, stackName } from "./options";
import type { Output } from "./output";

interface Options {
  region?: string[];
  owner?: string[];
  destroy?: true;
  yes?: true;
}

/** `stretch sweep`: what outlived its tag `expires`. */
export function sweepCommand(output: Output): Command {
  return new Command("sweep")
    .summary("list, or remove, what outlived its expiry in an AWS account")
    .description(
      "Lists what the constructs made (their tag `cdktf-stretch-cluster`) that outlived its tag `expires`, in all enabled regions " +
        "of the account, with your own credentials. With --destroy it is removed, in the order of what depends on what: pending " +
        "ends of faults first, nothing of a VPC that holds others' things, and what regions share (S3, IAM) last. Terraform's " +
        "state does not hear of it: its next plan shows what is gone.",
    )
    .addArgument(
      new Argument("[STACK]", "one stack, or scenario, alone (default: all of them)").argParser(stackName),
    )
    .option("--region <REGION...>", "these regions alone; what regions share is then left", regions)
    .option("--owner <OWNER...>", "what has one of these in its tag `owner` alone")
    .option("--destroy", "remove what is listed, once its account number is typed")
    .option("--yes", "remove it without asking; needs --owner")
    .action((stack: string | undefined, options: Options) => sweep(output, stack, options));
}

async function sweep(output: Output, stack: string | undefined, options: Options): Promise<void> {
  const { region, owner: owners, destroy, yes } = options;
  if (yes && !owners) {
    throw new UsageError(
      "--yes was given without --owner: expected whose things to remove, as nobody is asked.",
    );
  }
  if (destroy && !yes && !process.stdin.isTTY) {
    throw new UsageError(
      "--destroy asks on a terminal, and there is none: give --yes and --owner, or leave out --destroy.",
    );
  }
  const { look, removeResources } = await withAwsSdk(
    ["cloudwatch", "ec2", "iam", "s3", "scheduler", "sqs", "ssm", "sts"],
    () => import("../live/sweep"),
  );
  const sight = await look(region);
  const places = region === undefined ? "all regions" : region.join(", ");
  output.print(`AWS account ${sight.account}, ${places}.`);
  sight.unseen.forEach((what) => output.complain(what));
  const blind = () => {
    if (sight.unseen.length > 0)
      throw new VerdictError(`${counted(sight.unseen.length)} could not be looked at.`);
  };

  const asked = sight.found
    .filter((r) => stack === undefined || stackOf(r) === stack)
    .filter((r) => owners === undefined || owners.includes(ownerOf(r)));
  const now = Date.now();
  const of = (what: ReturnType<typeof lifetime>) => asked.filter((r) => lifetime(r, now) === what);
  const [expired, current, endless, unreadable] = [
    of("expired"),
    of("current"),
    of("without end"),
    of("unreadable"),
  ];
  if (current.length > 0) output.print(`Not expired yet: ${current.length} of ${asked.length} resources.`);
  if (endless.length > 0) {
    output.print(`Without a tag expires, and left alone: ${endless.length} of ${asked.length} resources.`);
  }
  for (const r of unreadable) {
    output.complain(
      `${named(r)} is left alone: its tag expires is "${r.tags.expires}", not a time with its zone, such as 2030-01-31T12:00:00Z.`,
    );
  }
  if (expired.length === 0) {
    output.print(`Nothing of ${stack ?? "any stack"} has outlived its expiry.`);
    return blind();
  }
  output.print(expiredTable(expired.map((r) => ({ ...r, stack: stackOf(r)!, owner: ownerOf(r) }))));
  if (!destroy) {
    output.print("\nNothing was removed: --destroy removes what is listed.");
    return blind();
  }
  const whose = [...new Set(expired.map(ownerOf))].sort().join(", ");
  const what = `${counted(expired.length)} of ${whose} in the AWS account ${sight.account}`;
  if (!yes && !(await confirm(`To remove ${what} type the account's number: `, sight.account))) {
    throw new VerdictError("Nothing was removed: the account's number was not typed.");
  }
  const stayed = await removeResources(sight, expired, {
    removed: (r) => output.print(`removed ${named(r)}`),
    did: (what) => output.print(what),
    warn: (what) => output.complain(what),
  });
  output.print(`Removed ${expired.length - stayed.length} of ${expired.length}.`);
  if (stayed.length > 0) {
    const lines = stayed.map(({ resource, reason }) => `  ${named(resource)}: ${reason}`);
    throw new VerdictError(`${stayed.length} of ${expired.length} stay:\n${lines.join("\n")}`);
  }
  blind();
}

function named({ region, kind, id }: OwnResource): string {
  return `${kind} ${id} (${region})`;
}

function counted(count: number): string {
  return count === 1 ? "1 resource" : `${count} resources`;
}
