import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InputError } from "./errors";

/** Ids become parts of Terraform's names, which begin with a letter or an underscore. */
const ID = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;

/**
 * The id of a construct of ours, for `super`: what is wrong with scope or id else ends in an error of somebody else's, or
 * in names that Terraform refuses.
 *
 * @throws InputError where the scope is no construct of a stack, or the id cannot be or is taken
 */
export function checkedId(scope: unknown, id: unknown): string {
  if (!Construct.isConstruct(scope) || !scope.node.scopes.some((s) => TerraformStack.isStack(s))) {
    throw new InputError({
      problem: "the scope is no construct of a stack",
      value: scope ?? String(scope),
      expected: "a TerraformStack, or a construct in one",
      mend: "Give `this` in a stack's constructor, or the stack.",
    });
  }
  if (typeof id !== "string") {
    throw new InputError({
      problem: "id is of another type",
      value: id ?? String(id),
      expected: "a string",
      mend: "Give the construct's id, such as london.",
    }).at(scope.node.path);
  }
  const path = `${scope.node.path}/${id}`;
  if (!ID.test(id)) {
    throw new InputError({
      problem: "id is none that Terraform takes in its names",
      value: id,
      expected: "letters, digits, hyphens and underscores, a letter or underscore first, at most 100",
      mend: "Rename it, such as london.",
    }).at(path);
  }
  if (scope.node.tryFindChild(id) !== undefined) {
    throw new InputError({
      problem: "another construct has the id",
      value: id,
      expected: `an id of its own in ${scope.node.path}`,
      mend: "Rename one of them.",
    }).at(path);
  }
  return id;
}
