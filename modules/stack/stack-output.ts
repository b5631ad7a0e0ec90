import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import * as v from "valibot";
import { text } from "./props";

/** A name for outputs, or false for none. */
export const OUTPUTS = v.optional(
  v.lazy((value) =>
    value === false
      ? v.literal(false)
      : text(
          /^[A-Za-z_][A-Za-z0-9_-]*$/,
          "letters, digits, hyphens and underscores, no digit or hyphen first",
        ),
  ),
);

/**
 * A Terraform output named `name` where the stack has none of that name yet, else one with a name made unique by
 * cdktf, so that constructs used twice in a stack never overwrite each other's.
 */
export function stackOutput(
  scope: Construct,
  name: string,
  value: unknown,
  description: string,
): TerraformOutput {
  const wanted = name.replace(/[^A-Za-z0-9_-]/g, "_");
  const output = new TerraformOutput(scope, `output-${name}`, { value, description });
  const taken = TerraformStack.of(scope)
    .node.findAll()
    .some((c) => TerraformOutput.isTerraformOutput(c) && c !== output && c.friendlyUniqueId === wanted);
  if (!taken) output.overrideLogicalId(wanted);
  return output;
}
