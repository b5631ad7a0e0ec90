/** A field of a file: the names and indices that lead to it. */
export type Field = readonly PropertyKey[];

/** Its name in a message, `nodes[2].id`. */
export function fieldName(path: Field): string {
  if (path.length === 0) return "file";
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${shortened(String(key))}`))
    .join("");
}

/** Characters of a value or a name that are shown. */
const SHOWN = 80;

/** A text as it is shown, cut off where it is long. */
export function shortened(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 3)}...`;
}
