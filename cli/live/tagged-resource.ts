/** Something in AWS that carries the tags of a stack (StretchTags). */
export interface TaggedResource {
  /** AWS region, or `global` (IAM). */
  readonly region: string;
  /** What it is, in AWS's words. */
  readonly kind: string;
  /** Its id, or its name where AWS has no id for it. */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where the resources of a stack are, whose they are and for how long. */
export type Lifetime = "expired" | "current" | "unreadable";

/**
 * Whether a resource outlived its tag `expires` (RFC 3339).
 * @param now milliseconds since 1970
 */
export function lifetime({ tags }: TaggedResource, now: number): Lifetime {
  const expires = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(tags.expires ?? "") ? Date.parse(tags.expires) : NaN;
  if (Number.isNaN(expires)) return "unreadable";
  return expires <= now ? "expired" : "current";
}
