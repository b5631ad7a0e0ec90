import { Aspects, TerraformResource } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import * as v from "valibot";
import { Deployment } from "./deployment";
import { OWN_TAG } from "./own-tag";
import { holds, record, text } from "./props";

type Tags = Readonly<Record<string, string>>;
/** A resource that takes tags, as every class of the AWS provider that does. */
type Taggable = TerraformResource & { tags: Tags; tagsInput?: Tags };
/** An instance also tags the volumes that it makes. */
type VolumeTaggable = TerraformResource & { volumeTags: Tags; tagsInput?: Tags };

const IN_WORDS = "letters, digits, spaces and _ . : / = + - @";
/** A tag's value, as every service of AWS takes it. */
export const TAG_VALUE = text(/^[\p{L}\p{N}\p{Z}_.:/=+@-]{0,256}$/u, `at most 256 ${IN_WORDS}`);
const TAG_KEY = text(
  /^(?![aA][wW][sS]:)[\p{L}\p{N}\p{Z}_.:/=+@-]{1,128}$/u,
  `at most 128 ${IN_WORDS}, not "aws:" first`,
);
/** AWS's 50 a resource, less our own: Name, scenario, owner, expires and the one by which ours are known. */
const MOST_TAGS = 45;

/** Tags that a user may give. */
export const TAGS = v.optional(
  v.pipe(
    record(TAG_KEY, TAG_VALUE),
    holds((tags: Tags) => Object.keys(tags).length <= MOST_TAGS, {
      problem: "are too many",
      expected: `at most ${MOST_TAGS}: a resource has 50, some of them ours`,
      mend: "Leave some out.",
      show: (tags) => Object.keys(tags as Tags).length,
    }),
    holds((tags: Tags) => !(OWN_TAG in tags), {
      problem: `hold the tag ${OWN_TAG}, by which our resources are known`,
      expected: "tags of your own",
      mend: "Rename it.",
    }),
  ),
);

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

/**
 * Tells that all that a construct makes is ours, by the tag that only we set, and puts a user's tags on it, over those that
 * it has. What a user makes beside it in the stack gets neither.
 */
export function tagOwn(construct: Construct, tags: Tags = {}): void {
  const ours = { [OWN_TAG]: Deployment.of(construct).name };
  Aspects.of(construct).add({ visit: (node) => retag(node, (own) => ({ ...own, ...tags, ...ours })) });
}
