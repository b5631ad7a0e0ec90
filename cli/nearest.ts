import { closest, distance } from "fastest-levenshtein";

/** ` Did you mean "split"?` where one of the names is near to what was given, else nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  if (given === "" || names.length === 0) return "";
  const name = closest(
    given.toLowerCase(),
    [...names].map((one) => one.toLowerCase()),
  );
  const meant = names.find((one) => one.toLowerCase() === name)!;
  return distance(given.toLowerCase(), name) * 3 <= meant.length + 1 ? ` Did you mean "${meant}"?` : "";
}
