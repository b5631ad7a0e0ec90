import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** What is asserted of a stack. */
export interface Assertion {
  /** Expression that is true where all is well. */
  readonly condition: string;
  readonly errorMessage: string;
}

/**
 * The `check` of a stack: what does not hold is a warning in every plan and apply, and stops nothing. A stack has one, since
 * each prints a line where it is not known yet. (cdktf has no class for it, and leaves it out of HCL.)
 */
export class StackCheck extends TerraformElement {
  /** The check of a construct's stack, made at the first call. */
  static of(scope: Construct): StackCheck {
    const stack = TerraformStack.of(scope);
    const made = stack.node.tryFindChild("check");
    return made instanceof StackCheck ? made : new StackCheck(stack, "check");
  }

  private readonly sources: (() => readonly Assertion[])[] = [];

  /** @param assertions asked when the stack is whole */
  add(assertions: () => readonly Assertion[]): void {
    this.sources.push(assertions);
  }

  override toTerraform(): Record<string, unknown> {
    const assertions = this.sources.flatMap((source) => source());
    if (assertions.length === 0) return {};
    const assert = assertions.map(({ condition, errorMessage }) => ({
      condition,
      error_message: errorMessage,
    }));
    return { check: { faults: { assert } } };
  }
}
