import { Aspects, Fn, type IAspect, TerraformStack, TerraformVariable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checkedId } from "./construct-id";
import { checkProps, propsOf } from "./props";
import { namesakes } from "./stack-names";
import { retag, TAG_VALUE } from "./tags";
import { TerraformData } from "./terraform-data";

/** What a stack's tags say. */
export interface StretchTagsProps {
  /** Value of the tag `scenario`: what the resources belong to. */
  readonly scenario: string;
}

const PROPS = propsOf<StretchTagsProps>({ scenario: TAG_VALUE });

/**
 * Tags everything in a stack that takes tags with `scenario`, `owner` and `expires`, so that what was left behind can
 * be found and removed. Two Terraform variables set them: `owner` and `expires_in_hours` (default 30). The time of
 * expiry is fixed at the first apply and kept in state, so that it changes no later plan; another `expires_in_hours`
 * sets it anew.
 *
 * @example
 * ```ts
 * new StretchTags(stack, "tags", { scenario: "orders" });
 * ```
 */
export class StretchTags extends Construct implements IAspect {
  private readonly tags: Record<string, string>;

  /** @throws InputError at synth if the stack has another variable of one of the two names */
  constructor(scope: Construct, id: string, props: StretchTagsProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    const owner = new TerraformVariable(this, "owner", {
      type: "string",
      default: "unknown",
      description: "Who answers for these resources: the value of their tag owner.",
    });
    owner.overrideLogicalId("owner");
    const hours = new TerraformVariable(this, "hours", {
      type: "number",
      default: 30,
      description: "Hours from the first apply to the time in the tag expires.",
      validation: [
        {
          condition:
            "${var.expires_in_hours >= 1 && var.expires_in_hours <= 87600 && floor(var.expires_in_hours) == var.expires_in_hours}",
          errorMessage: "expires_in_hours must be a whole number of hours, 1 to 87600 (ten years).",
        },
      ],
    });
    hours.overrideLogicalId("expires_in_hours");
    // plantimestamp() in a tag would change every plan; here only the first value is kept.
    const expiry = new TerraformData(this, "expiry", {
      input: { time: Fn.timeadd(Fn.plantimestamp(), Fn.format("%dh", [hours.numberValue])) },
      triggersReplace: { hours: hours.numberValue },
    });
    this.tags = {
      scenario: props.scenario,
      owner: owner.stringValue,
      expires: expiry.interpolationForAttribute("output.time").toString(),
    };
    this.node.addValidation({
      validate: () =>
        namesakes([owner, hours], {
          whose: "the tags'",
          mend: "Rename yours; a stack has its tags once.",
        }),
    });
    Aspects.of(TerraformStack.of(this)).add(this);
  }

  visit(node: IConstruct): void {
    retag(node, (own) => ({ ...this.tags, ...own }));
  }
}
