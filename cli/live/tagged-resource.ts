import { OWN_TAG } from "../../modules/stack/own-tag";

/** Something in AWS that our constructs made. */
export interface OwnResource {
  /** AWS region, or `global` (IAM). */
  readonly region: string;
  /** What it is, in AWS's words. */
  readonly kind: string;
  /** Its id, or its name where AWS has no id for it. */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** How long a resource was meant to be. */
export type Lifetime = "expired" | "current" | "without end" | "unreadable";

const TIME = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Whether a resource outlived its tag `expires` (RFC 3339; a time without zone, and a day that no calendar has, are
 * unreadable). Without the tag it has no end.
 * @param now milliseconds since 1970
 */
export function lifetime({ tags }: Pick<OwnResource, "tags">, now: number): Lifetime {
  if (tags.expires === undefined) return "without end";
  const [, year, month, day] = (TIME.exec(tags.expires) ?? []).map(Number);
  const isDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  const expires = isDay ? Date.parse(tags.expires) : NaN;
  if (Number.isNaN(expires)) return "unreadable";
  return expires <= now ? "expired" : "current";
}

/** The stack that a resource is of, by the tag that only our constructs set; undefined = it is not ours. */
export function stackOf({ tags }: Pick<OwnResource, "tags">): string | undefined {
  return /^(.+)\/[^/]+$/.exec(tags[OWN_TAG] ?? "")?.[1];
}

/** The owner that a resource names. */
export function ownerOf({ tags }: Pick<OwnResource, "tags">): string {
  return tags.owner ?? "unknown";
}

/**
 * Tags of what the command itself makes, such as a run's lock.
 *
 * @param deployment what tells the deployment of the stack from others
 * @param expires until when it is not to be taken for a leftover, milliseconds since 1970
 */
export function ownTags(stack: string, deployment: string, expires: number): Record<string, string> {
  return { [OWN_TAG]: `${stack}/${deployment}`, expires: new Date(expires).toISOString() };
}
