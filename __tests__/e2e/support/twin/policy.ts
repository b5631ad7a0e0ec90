/** An IAM policy, as far as roles here are given one. */
export interface PolicyDocument {
  readonly Statement: readonly {
    readonly Effect: "Allow" | "Deny";
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: object;
  }[];
}

/**
 * Whether policies allow an action on a resource. A condition is taken for met where a statement denies; where it allows, if it
 * is one of equality and the context has those values.
 */
export function allows(
  policies: readonly PolicyDocument[],
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  const about = policies
    .flatMap(({ Statement }) => Statement)
    .filter(
      ({ Action, Resource }) =>
        [Action].flat().some((one) => matches(one, action)) &&
        [Resource].flat().some((one) => matches(one, resource)),
    );
  return (
    about.some(({ Effect, Condition = {} }) => Effect === "Allow" && isMet(Condition, context)) &&
    !about.some(({ Effect }) => Effect === "Deny")
  );
}

function isMet(condition: object, context: Readonly<Record<string, string>>): boolean {
  return Object.entries(condition).every(
    ([operator, values]: [string, Record<string, unknown>]) =>
      operator === "StringEquals" && Object.entries(values).every(([key, value]) => context[key] === value),
  );
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "i").test(text);
}
