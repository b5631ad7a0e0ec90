import {
  type TerraformElement,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
} from "cdktf";
import { InputError } from "./errors";

const KINDS = [
  [TerraformVariable, "Terraform variable"],
  [TerraformOutput, "Terraform output"],
  [TerraformLocal, "Terraform local"],
] as const;

/**
 * Messages of elements of the stack that have the name of one of these, for a construct's validation: cdktf merges two
 * variables, outputs or locals of one name and says nothing.
 *
 * @param whose what the names belong to, in words
 */
export function namesakes(
  own: readonly TerraformElement[],
  { whose, mend }: { readonly whose: string; readonly mend: string },
): string[] {
  const all = TerraformStack.of(own[0]).node.findAll();
  return own.flatMap((mine) => {
    const [kind, what] = KINDS.find(([kind]) => mine instanceof kind)!;
    return all
      .filter((other): other is TerraformElement => other instanceof kind && other !== mine)
      .filter((other) => other.friendlyUniqueId === mine.friendlyUniqueId)
      .map(
        (other) =>
          new InputError({
            problem: `a second ${what} is named ${mine.friendlyUniqueId}`,
            value: other.node.path,
            expected: `${whose} alone: Terraform would silently keep one of the two`,
            mend,
          }).message,
      );
  });
}
