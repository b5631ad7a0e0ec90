/** How the names of what we make begin, where AWS has no tags or adds a suffix: roles, groups, buckets, schedules. */
export const NAME_PREFIX = "stretch-";
