/** An IAM policy, as far as roles here are given one. */
export interface PolicyDocument {
  readonly Statement: readonly {
    readonly Effect: "Allow" | "Deny";
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: unknown;
  }[];
}

/** Whether policies allow an action on a resource. A statement with a condition allows nothing here, and denies all. */
export function allows(policies: readonly PolicyDocument[], action: string, resource: string): boolean {
  const about = policies
    .flatMap(({ Statement }) => Statement)
    .filter(
      ({ Action, Resource }) =>
        [Action].flat().some((one) => matches(one, action)) &&
        [Resource].flat().some((one) => matches(one, resource)),
    );
  return (
    about.some(({ Effect, Condition }) => Effect === "Allow" && Condition === undefined) &&
    !about.some(({ Effect }) => Effect === "Deny")
  );
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "i").test(text);
}
