import type { z } from "zod";
import { type Field, shortened } from "./field";

/** What is wrong with a field. */
export interface Message {
  readonly path: Field;
  readonly message: string;
}

/** A union's issue is told as that of the form which the value looks like. */
export function messagesOf(issue: z.core.$ZodIssue, root: unknown): Message[] {
  const value = valueAt(root, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: "there is no such field; remove it or mend its name",
    }));
  }
  if (issue.code === "invalid_union" && typeof value === "object" && value !== null) {
    // None where the field that tells the forms apart is wrong.
    const form = issue.errors[Array.isArray(value) ? 0 : "links" in value ? 2 : 1];
    if (!form) return [{ path: issue.path, message: issue.message }];
    return form.flatMap((inner) =>
      messagesOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, root),
    );
  }
  if (issue.code === "invalid_key") return [{ path: issue.path, message: issue.issues[0].message }];
  const given = value === undefined ? "is missing" : `is ${shown(value)}`;
  return [{ path: issue.path, message: `${given}; ${issue.message}` }];
}

function shown(value: unknown): string {
  // JSON has no infinity and no NaN.
  return shortened(typeof value === "number" ? String(value) : JSON.stringify(value));
}

function valueAt(root: unknown, path: Field): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
}
