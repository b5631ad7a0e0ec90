/** Lists by name, those of the same name put together. */
export function union(
  parts: readonly Readonly<Record<string, readonly string[]>>[],
): Record<string, string[]> {
  const all = new Map<string, Set<string>>();
  for (const [name, list] of parts.flatMap((part) => Object.entries(part))) {
    all.set(name, new Set([...(all.get(name) ?? []), ...list]));
  }
  return Object.fromEntries([...all].map(([name, list]) => [name, [...list]]));
}
