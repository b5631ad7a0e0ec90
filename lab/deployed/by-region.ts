/** Things of several regions, a region at a time, in the order in which each came first. */
export function byRegion<T extends { readonly region: string }>(all: readonly T[]): [string, T[]][] {
  const regions = new Map<string, T[]>();
  for (const one of all) regions.set(one.region, [...(regions.get(one.region) ?? []), one]);
  return [...regions];
}
