import type { Cause } from "../../lab/deployed/pending";
import { changesText, type Plan } from "../../lab/deployed/terraform";
import { NONE } from "../../model";
import { cdktfCommand } from "../../modules/stack/own-command";

/** Kinds of changes, and names of a list, that are told. */
const MOST = 3;

/** Why a stack cannot be run as it is deployed, and what mends each cause: for an error. */
export function pendingText(
  stack: string,
  switches: readonly string[],
  { changes, outputs }: Plan,
  causes: readonly Cause[],
): string {
  const what =
    changes.length > 0
      ? `${changes.length} ${changes.length === 1 ? "resource" : "resources"} (${changesText(changes, MOST)})`
      : `only outputs (${outputs.join(", ")})`;
  return [
    `The stack ${stack} is not as this definition has it: without a fault Terraform would still change ${what}.`,
    ...causes.map((cause) => causeText(cause, stack, switches)),
    "Nothing was broken.",
  ].join(" ");
}

function causeText(cause: Cause, stack: string, switches: readonly string[]): string {
  switch (cause.kind) {
    case "fault": {
      const none = switches.map((name) => `${name}=${NONE}`);
      const [deploy, apply] = ["--", "-"].map((dash) => none.map((text) => `${dash}var ${text}`).join(" "));
      return `${cause.name === undefined ? "A fault" : `The fault ${cause.name}`} was left: Terraform's state still has it. Apply ${none.join(" and ")} first: ${cdktfCommand(`deploy ${stack} ${deploy}`)}, or with HCL terraform apply ${apply}.`;
    }
    case "half":
      return `It is half deployed, without ${someOf(cause.missing)}: apply it without a fault until it ends well.`;
    case "variables": {
      const options = cause.names.map((name) => `--var ${name}=VALUE`).join(" ");
      return `It was deployed with other variables: give ${cause.names.join(", ")} as then, by ${options} or --var-file FILE.`;
    }
    case "hand":
      return `It was changed by somebody else than Terraform since: ${someOf(cause.changed)}. Apply it without a fault, which puts that back.`;
    case "definition":
      return `It was deployed from another definition, which differs in ${someOf(cause.differing)}: deploy this one without a fault, or run the one that is deployed (--dir names its folder).`;
  }
}

function someOf(names: readonly string[]): string {
  const more = names.length - MOST;
  return `${names.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
