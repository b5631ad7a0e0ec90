import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { InputError } from "../stack/errors";

/** The provider that the library makes for a region of a stack, shared by everything of that region. */
class RegionProvider extends AwsProvider {
  constructor(stack: TerraformStack, region: string) {
    super(stack, `aws-${region}`, { region, alias: region });
    this.node.addValidation({
      validate: () => strangers(stack).map((provider) => besideAnother(region, provider).message),
    });
  }
}

/** AWS providers of the stack that are the user's own. */
function strangers(stack: TerraformStack): AwsProvider[] {
  return stack.node
    .findAll()
    .filter((c): c is AwsProvider => c instanceof AwsProvider && !(c instanceof RegionProvider));
}

function besideAnother(region: string, other: AwsProvider): InputError {
  return new InputError({
    problem: `no provider was passed for ${region} in a stack with an AWS provider of its own`,
    value: other.node.path,
    expected: "every VPC of such a stack to be given its provider, so that credentials are never guessed",
    mend: `Pass it: new RegionVpc(this, id, { region: "${region}", provider, ... }).`,
  });
}

/**
 * The provider for a region: the given one as it is, else one alias per region and stack, made once and shared.
 * @throws InputError if the given provider is of another region or stack. A provider of the user's own that was not passed is
 * an error at synth.
 */
export function regionProvider(scope: Construct, region: string, given?: AwsProvider): AwsProvider {
  if (given === undefined) {
    const stack = TerraformStack.of(scope);
    const made = stack.node.tryFindChild(`aws-${region}`);
    return made instanceof RegionProvider ? made : new RegionProvider(stack, region);
  }
  if (TerraformStack.of(given) !== TerraformStack.of(scope)) {
    throw new InputError({
      problem: `the provider of ${scope.node.path} is of another stack`,
      value: given.node.path,
      expected: `a provider of the stack ${TerraformStack.of(scope).node.path}`,
      mend: "Make one there and pass it.",
    });
  }
  if (given.region !== undefined && !Token.isUnresolved(given.region) && given.region !== region) {
    throw new InputError({
      problem: "the provider is of another region",
      value: given.region,
      expected: region,
      mend: `Pass an AwsProvider with region: "${region}", or give the VPC the provider's region.`,
    });
  }
  return given;
}
