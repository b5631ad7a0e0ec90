import { blockOf } from "../block";
import { ReachError } from "../errors";
import type { Facts, Host } from "../facts";
import { modulesOf, resourcesIn } from "./modules";
import { NetworkReader } from "./network";
import { type Locals, References } from "./references";
import type { Shown } from "./show";

/**
 * Facts from what `terraform show -json` (or `tofu show -json`) prints of a plan or a state, format_version 1.x.
 *
 * @param locals what the locals of the configuration refer to, which are in its sources alone. @default none: what leads
 *   to a local is not known
 * @throws ReachError where it is no such thing, or a plan that is not whole.
 */
export function factsOf(shown: unknown, locals: Locals = {}): Facts {
  const checked = check(shown);
  const resources = resourcesIn(modulesOf(checked));
  const before = checked.prior_state ? resourcesIn(modulesOf(checked.prior_state)) : [];
  const references = new References(
    [...resources, ...before.filter(isNew(resources))],
    checked.variables ?? {},
    locals,
  );
  const providers = checked.configuration?.provider_config ?? {};
  const facts = new NetworkReader(resources, references, providers, before).facts();
  return { ...facts, hosts: [...facts.hosts, ...destroyed(checked)] };
}

/** Facts of how things are before a plan, as the plan tells; undefined: there is nothing yet. */
export function factsBefore(shown: unknown): Facts | undefined {
  const { prior_state: before } = check(shown);
  return before && resourcesIn(modulesOf(before)).some(({ managed }) => managed)
    ? factsOf({ ...before, format_version: "1.0" })
    : undefined;
}

function isNew(resources: readonly { readonly address: string }[]) {
  const there = new Set(resources.map(({ address }) => address));
  return ({ address }: { readonly address: string }) => !there.has(address);
}

function check(shown: unknown): Shown {
  if (typeof shown !== "object" || shown === null || Array.isArray(shown)) {
    throw new ReachError("It is no plan and no state: expected what `terraform show -json` prints.");
  }
  const {
    format_version: version,
    planned_values,
    values,
    errored,
    complete,
    terraform_version,
  } = shown as Shown;
  if (typeof version !== "string") {
    throw new ReachError(
      "It has no format_version: expected what `terraform show -json` prints, of a plan or of a state, not the state's own file.",
    );
  }
  if (!/^1\.\d+$/.test(version)) {
    throw new ReachError(
      `It has the format_version "${version}": expected 1.x, as of Terraform 1 and OpenTofu 1.`,
    );
  }
  if (errored === true) {
    throw new ReachError(
      "The plan ended with an error, so that what it would make is not known: plan again.",
    );
  }
  if (complete === false) {
    throw new ReachError("The plan is not complete, so that more will follow it: plan without -target.");
  }
  if (planned_values === undefined && values === undefined) {
    throw new ReachError(
      terraform_version === undefined
        ? "It holds neither planned_values nor values: expected what `terraform show -json` prints."
        : "There is nothing in it: expected a plan that makes something, or the state of something that was applied.",
    );
  }
  return shown as Shown;
}

/** Instances that a plan destroys: they are down. */
function destroyed({ resource_changes: changes = [] }: Shown): Host[] {
  return changes.flatMap(({ address, type, change }) => {
    const { private_ip: ip, tags } = change?.before ?? {};
    if (type !== "aws_instance" || change?.actions?.join() !== "delete" || typeof ip !== "string") return [];
    return [
      {
        id: address,
        tags: (tags ?? {}) as Record<string, string>,
        address: blockOf(ip),
        subnet: [],
        groups: [],
        runs: "no",
        runsBy: `${address}, which the plan destroys`,
      },
    ];
  });
}
