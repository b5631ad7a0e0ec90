import { Aspects, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import * as v from "valibot";

type Tags = Readonly<Record<string, string>>;
/** A resource that takes tags, as every class of the AWS provider that does. */
type Taggable = TerraformResource & { tags: Tags; tagsInput?: Tags };
/** An instance also tags the volumes that it makes. */
type VolumeTaggable = TerraformResource & { volumeTags: Tags; tagsInput?: Tags };

/** Tags that a user may give. */
export const TAGS = v.optional(v.record(v.string(), v.string()));

/** Sets the tags of a node, where it is a resource that takes them, from those that it has. */
export function retag(node: IConstruct, tagsOf: (own: Tags) => Tags): void {
  // Not instanceof: with cdktn the provider may bring a framework of its own.
  if (!TerraformResource.isTerraformResource(node) || !node.terraformResourceType.startsWith("aws_")) return;
  if ("tagsInput" in node) {
    const taggable = node as Taggable;
    taggable.tags = tagsOf(taggable.tagsInput ?? {});
  }
  if ("volumeTags" in node) {
    const instance = node as VolumeTaggable;
    instance.volumeTags = tagsOf(instance.tagsInput ?? {});
  }
}

/** Puts tags on all that a construct makes, over what they have. */
export function tagAll(construct: IConstruct, tags: Tags | undefined): void {
  if (tags === undefined) return;
  Aspects.of(construct).add({ visit: (node) => retag(node, (own) => ({ ...own, ...tags })) });
}
