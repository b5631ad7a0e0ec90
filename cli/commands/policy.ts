import { Command } from "commander";
import { withAwsSdk } from "../live/aws-sdk";
import { loadStack } from "../scenario/stack";
import { appOutputOption, scenarioArgument } from "./options";
import type { Output } from "./output";

/** `stretch policy`: the rights of an operator. */
export function policyCommand(output: Output): Command {
  return new Command("policy")
    .summary("the IAM policy that an operator of a deployed stack needs, as JSON")
    .description(
      "Prints what stretch run --live, status --live, recover --live and heal, and the Terraform that they run, may do in AWS at the least: " +
        "to see that nothing else would change, to make and end the stack's faults, to run scripts on its hosts, and to bring results. " +
        "Rights to deploy are not among them, nor those to read and lock Terraform's state where it has a backend in AWS. " +
        "Types of resources of your own whose reads are not known are named.",
    )
    .addArgument(scenarioArgument())
    .addOption(appOutputOption())
    .action(async (scenario: string | undefined, { appOutput }: { appOutput?: string }) => {
      const { json } = await loadStack(scenario, appOutput);
      const { KNOWN_TYPES, operatorPolicy, switchedTypes, unknownTypes } = await withAwsSdk(
        ["ssm"],
        () => import("../live/operator-policy"),
      );
      // HCL is not read: all that our constructs make.
      const types = json ? Object.keys({ ...json.resource, ...json.data }) : KNOWN_TYPES;
      const switched = json ? switchedTypes(json) : KNOWN_TYPES;
      output.print(JSON.stringify(operatorPolicy(types, switched), null, 2));
      const unknown = unknownTypes(types);
      if (unknown.length > 0) {
        output.complain(
          `What Terraform reads of these types of resources is not known, so add it to the policy: ${unknown.join(", ")}.`,
        );
      }
    });
}
