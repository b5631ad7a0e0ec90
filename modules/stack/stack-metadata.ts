import { TerraformElement, type TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import * as v from "valibot";
import { METADATA_VERSION, STRETCH_METADATA, type StretchMetadata } from "./stretch-metadata";

type Part = Partial<Omit<StretchMetadata, "version">>;

/** Writes what a stack's constructs say of themselves into its metadata, for the command `stretch`. */
export class StackMetadata extends TerraformElement {
  /** The metadata of a construct's stack, made at the first call. */
  static of(scope: Construct): StackMetadata {
    const stack = TerraformStack.of(scope);
    const made = stack.node.tryFindChild("stretch-metadata");
    return made instanceof StackMetadata ? made : new StackMetadata(stack, "stretch-metadata");
  }

  private readonly parts: (() => Part)[] = [];

  /** @param part asked when the stack is whole; lists of several parts are put together */
  add(part: () => Part): void {
    this.parts.push(part);
  }

  override toMetadata(): { readonly stretch: StretchMetadata } {
    const parts = this.parts.map((part) => part());
    const all = <K extends "vpcs" | "clusters" | "clients" | "faults">(name: K) =>
      parts.flatMap((part): readonly unknown[] => part[name] ?? []);
    return {
      stretch: v.parse(STRETCH_METADATA, {
        ...Object.assign({}, ...parts),
        version: METADATA_VERSION,
        vpcs: all("vpcs"),
        clusters: all("clusters"),
        clients: all("clients"),
        faults: all("faults"),
      }),
    };
  }
}

/** A construct's path below its stack: what it goes by in the metadata. */
export function idInStack({ node }: IConstruct): string {
  const stack = node.scopes.findLast((scope) => TerraformStack.isStack(scope))!;
  return node.path.slice(stack.node.path.length + 1);
}

/** A resource's address, as Terraform's commands name it. */
export function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
