import { UsageError } from "../errors";
import type { StackJson } from "../price/bill";
import type { Stack } from "./stack";

/**
 * The whole of a stack.
 *
 * @throws UsageError where it is HCL
 */
export function synthesisedJson({ name, json }: Stack): StackJson {
  if (json !== undefined) return json;
  throw new UsageError(
    `The stack "${name}" was synthesised as HCL, of which only clusters and faults are read: expected JSON. Leave --app-output out, or synthesise without --hcl.`,
  );
}
