import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ownPackage, VERSION_OUTPUT } from "./own-package";
import { namesakes } from "./stack-names";

/** The Terraform output that says which version of this package made a stack, so that another one can tell. */
export class VersionOutput extends TerraformOutput {
  /** That of a construct's stack, made at the first call. */
  static of(scope: Construct): VersionOutput {
    const stack = TerraformStack.of(scope);
    const made = stack.node.tryFindChild("stretch-version");
    return made instanceof VersionOutput ? made : new VersionOutput(stack);
  }

  private constructor(stack: TerraformStack) {
    const { name, version } = ownPackage();
    super(stack, "stretch-version", { value: version, description: `The version of ${name} that made it.` });
    this.overrideLogicalId(VERSION_OUTPUT);
    this.node.addValidation({
      validate: () => namesakes([this], { whose: "the package's", mend: "Rename yours." }),
    });
  }
}
