import { Annotations, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isPrivate } from "./cidr";

/** What is known of the blocks of a stack's VPCs that lie outside private space. */
interface Blocks {
  readonly public: Set<string>;
  readonly accepted: Set<string>;
  told: boolean;
}

const STACKS = new WeakMap<TerraformStack, Blocks>();

/** Tells of a VPC's block: those of a stack outside private space are one warning at synth. */
export function tellAddressSpace(vpc: IConstruct, cidrBlock: string): void {
  if (!isPrivate(cidrBlock)) blocksOf(vpc).public.add(cidrBlock);
}

/** No warning of these blocks in the stack: that they lie outside private space is known. */
export function acceptAddressSpace(scope: IConstruct, cidrBlocks: readonly string[]): void {
  for (const block of cidrBlocks) blocksOf(scope).accepted.add(block);
}

function blocksOf(scope: IConstruct): Blocks {
  const stack = TerraformStack.of(scope);
  const known = STACKS.get(stack);
  if (known !== undefined) return known;
  const blocks: Blocks = { public: new Set(), accepted: new Set(), told: false };
  STACKS.set(stack, blocks);
  stack.node.addValidation({
    validate: () => {
      const unknown = [...blocks.public].filter((block) => !blocks.accepted.has(block)).sort();
      if (unknown.length > 0 && !blocks.told) {
        blocks.told = true;
        Annotations.of(stack).addWarning(
          `Outside RFC 1918: ${unknown.join(", ")}. Inside the VPC each shadows the public addresses of the same numbers.`,
        );
      }
      return [];
    },
  });
  return blocks;
}
