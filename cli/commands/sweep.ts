import { Argument, Command } from "commander";
import { UsageError, VerdictError } from "../errors";
import { withAwsSdk } from "../live/aws-sdk";
import { lifetime, type TaggedResource } from "../live/tagged-resource";
import { expiredTable } from "../report/sweep";
import { scenarioRegions } from "../scenario/regions";
import { scenarioNames } from "../scenario/stack";
import { regions } from "./options";
import type { Output } from "./output";

interface Options {
  region?: string[];
  destroy?: true;
}

/** `stretch sweep`: what outlived its tag `expires`. */
export function sweepCommand(output: Output): Command {
  return new Command("sweep")
    .summary("list, or remove, what outlived its expiry in all regions of a scenario")
    .description(
      "Lists what is tagged with a scenario and outlived its tag `expires`, in all regions of the scenario, with your own " +
        "credentials. With --destroy it is removed, in the order of what depends on what; else nothing is. Terraform's state " +
        "does not hear of it: its next plan shows what is gone.",
    )
    .addArgument(new Argument("[SCENARIO]", "one scenario alone (default: all of them)"))
    .option(
      "--region <REGION...>",
      "for a stack of your own, its tag `scenario` in place of SCENARIO",
      regions,
    )
    .option("--destroy", "remove what is listed")
    .action(async (scenario: string | undefined, { region, destroy }: Options) => {
      const { regions: places, names } = await scope(scenario, region);
      const { taggedResources, removeResources } = await withAwsSdk(
        ["ec2", "iam", "s3", "scheduler"],
        () => import("../live/sweep"),
      );
      const found = await taggedResources(places, names);
      const now = Date.now();
      const of = (what: ReturnType<typeof lifetime>) => found.filter((r) => lifetime(r, now) === what);
      const [expired, current, unreadable] = [of("expired"), of("current"), of("unreadable")];
      const where = `${names.join(", ")} in ${places.join(", ")}`;
      if (current.length > 0)
        output.print(`Not expired yet: ${current.length} of ${found.length} resources of ${where}.`);
      for (const { kind, id, tags } of unreadable) {
        output.complain(
          `${kind} ${id} is left alone: its tag expires is "${tags.expires ?? ""}", not a time.`,
        );
      }
      if (expired.length === 0) {
        output.print(`Nothing of ${where} has outlived its expiry.`);
        return;
      }
      output.print(expiredTable(expired));
      if (!destroy) {
        output.print("\nNothing was removed: --destroy removes what is listed.");
        return;
      }
      const failures = await removeResources(expired, (r) => output.print(`removed ${named(r)}`));
      if (failures.length > 0) {
        const lines = failures.map(({ resource, reason }) => `  ${named(resource)}: ${reason}`);
        throw new VerdictError(`${failures.length} of ${expired.length} stay:\n${lines.join("\n")}`);
      }
    });
}

function named({ region, kind, id }: TaggedResource): string {
  return `${kind} ${id} (${region})`;
}

/** Where to look, and for what. */
async function scope(scenario?: string, given?: string[]): Promise<{ regions: string[]; names: string[] }> {
  if (given !== undefined) {
    if (scenario !== undefined) return { regions: given, names: [scenario] };
    throw new UsageError("--region was given without SCENARIO: expected the tag `scenario` of your stack.");
  }
  const names = scenario === undefined ? await scenarioNames() : [scenario];
  const all = await Promise.all(names.map(scenarioRegions));
  return { regions: [...new Set(all.flat())], names };
}
