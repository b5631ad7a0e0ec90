import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { InputError } from "./errors";
import { TerraformData } from "./terraform-data";

const ID = "stretch-deployment";
/** What AWS takes in a tag, beside the 37 characters of the slash and the id. */
const STACK_NAME = /^[\p{L}\p{N}_.:=+@-]{1,219}$/u;

/** One deployment of a stack: its id, made at the first apply, tells its resources from those of every other. */
export class Deployment extends TerraformData {
  /** The deployment of a construct's stack, made at the first call. */
  static of(scope: Construct): Deployment {
    const stack = TerraformStack.of(scope);
    const made = stack.node.tryFindChild(ID);
    return made instanceof Deployment ? made : new Deployment(stack);
  }

  private constructor(private readonly stack: TerraformStack) {
    super(stack, ID);
    this.node.addValidation({
      validate: () => (STACK_NAME.test(stack.node.id) ? [] : [unfitForTags(stack.node.id).message]),
    });
  }

  /** Expression: its id. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** Expression: stack and id, `even-split/2f1c...`. */
  get name(): string {
    return `${this.stack.node.id}/${this.id}`;
  }
}

function unfitForTags(name: string): InputError {
  return new InputError({
    problem: "the stack's id cannot stand in a tag, by which its resources are known",
    value: name,
    expected: "letters, digits and _ . : = + - @, at most 219",
    mend: "Rename the stack.",
  });
}
