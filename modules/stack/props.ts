import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { closest, distance } from "fastest-levenshtein";
import * as v from "valibot";
import { InputError } from "./errors";

/** What is told of a value that has the right type and still cannot be. */
interface Words {
  /** What is wrong with it, behind its name. */
  readonly problem: string;
  readonly expected: string;
  /** @default `Correct NAME.` */
  readonly mend?: string;
  /** What is shown in place of the value: it may be a secret. @default the value */
  show?(value: unknown): unknown;
}

/** Words by test: an issue knows the test that failed. */
const WORDS = new WeakMap<object, Words>();

/** A check with words of its own. */
export function holds<T>(test: (value: T) => boolean, words: Words) {
  WORDS.set(test, words);
  return v.check<T, string>(test, words.expected);
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number, unit: string) {
  return v.pipe(
    v.number(),
    holds((value: number) => Number.isInteger(value) && value >= least && value <= most, {
      problem: "is out of range",
      expected: `a whole number of ${unit}, ${least} to ${most}`,
    }),
  );
}

/** A number from `least` to `most`. */
export function number(least: number, most: number, unit: string) {
  return v.pipe(
    v.number(),
    holds((value: number) => value >= least && value <= most, {
      problem: "is out of range",
      expected: `a number of ${unit}, ${least} to ${most}`,
    }),
  );
}

/** A text of a form. What only Terraform knows passes. */
export function text(form: RegExp, expected: string) {
  return v.pipe(
    v.string(),
    holds((value: string) => Token.isUnresolved(value) || form.test(value), {
      problem: "is malformed",
      expected,
    }),
  );
}

/** A list of `least` to `most` items. */
export function list(item: v.GenericSchema, least: number, most: number, words: Words) {
  return v.pipe(
    v.array(item),
    holds((items: unknown[]) => items.length >= least && items.length <= most, words),
  );
}

/**
 * An object that has what the schema's owner needs of it, whoever made it.
 * @param expected in words: "a VPC (RegionVpc, ...)"
 */
export function object<T>(expected: string, ...members: readonly (keyof T & string)[]) {
  return v.custom<T>(
    (value) => typeof value === "object" && value !== null && members.every((name) => name in value),
    expected,
  );
}

/** Values by name: no list, which valibot takes for one. */
export function record<
  K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>,
  V extends v.GenericSchema,
>(key: K, value: V) {
  const isRecord = (given: unknown) => typeof given === "object" && given !== null && !Array.isArray(given);
  return v.pipe(v.custom<Record<string, v.InferInput<V>>>(isRecord, TYPES.Object), v.record(key, value));
}

/** The schema of a construct's props: the names are those of its interface. */
export function propsOf<P extends object>(entries: { readonly [K in keyof Required<P>]: v.GenericSchema }) {
  return v.strictObject(entries);
}

/**
 * Checks what a construct was given, for those who write JavaScript or JSON.
 *
 * @param name what it goes by in errors; "" = the names of its parts stand alone
 * @returns the value with the schema's defaults
 * @throws InputError for the first thing that is wrong
 */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown, name = ""): v.InferOutput<S> {
  // valibot takes a list for an object.
  if (schema.type === "strict_object" && Array.isArray(value)) {
    const what = nameOf(name, []);
    throw new InputError({
      problem: `${what} is of another type`,
      value,
      expected: TYPES.Object,
      mend: `Correct ${what}.`,
    });
  }
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  // A misspelt name is also a missing one: the cause is told.
  const stranger = issues.find(isStranger);
  throw mistake(new Part(schema, value), stranger ?? issues[0], name);
}

/**
 * Tells context keys (cdktf.json, `--context`) that are nearly one of ours and so have no effect: the case, separators or
 * one letter differ. Keys of others pass.
 *
 * @throws InputError for the first one
 */
export function checkContext(construct: IConstruct, ours: readonly string[]): void {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_ ]/g, "");
  for (const name of Object.keys(construct.node.getAllContext() as object)) {
    if (ours.includes(name)) continue;
    const meant = ours.find((own) => distance(plain(own), plain(name)) <= 1);
    if (meant === undefined) continue;
    throw new InputError({
      problem: "the context has a key that nothing reads",
      value: name,
      expected: meant,
      mend: `Rename it in cdktf.json: ${meant}.`,
    }).at(construct.node.path);
  }
}

/** Checks a construct's props. @throws InputError with its path */
export function checkProps(construct: IConstruct, schema: v.GenericSchema, props: unknown): void {
  told(construct, () => checked(schema, props));
}

/** Does a part of a construct's making: a mistake in what it was given is told with the construct's path. */
export function told<T>(construct: IConstruct, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof InputError ? error.at(construct.node.path) : error;
  }
}

type Path = readonly unknown[];

function mistake(whole: Part, issue: v.BaseIssue<unknown>, root: string): InputError {
  const path: Path = (issue.path ?? []).map(({ key }) => key);
  const name = nameOf(root, path);
  const words = typeof issue.requirement === "function" ? WORDS.get(issue.requirement) : undefined;
  if (words) {
    return new InputError({
      problem: `${name} ${words.problem}`,
      value: words.show ? words.show(issue.input) : issue.input,
      expected: words.expected,
      mend: words.mend ?? `Correct ${name}.`,
    });
  }
  if (isStranger(issue)) {
    return noSuch(nameOf(root, path.slice(0, -1)), String(path.at(-1)), whole.at(path.slice(0, -1)).names);
  }
  if (issue.input === undefined && path.length > 0) {
    const [wanted] = v.safeParse(whole.at(path).schema ?? v.any(), undefined).issues ?? [issue];
    return new InputError({
      problem: `${name} is missing`,
      value: "nothing",
      expected: typeInWords(wanted),
      mend: `Give ${name}.`,
    });
  }
  const named = issue.type === "picklist" || (issue.type === "variant" && issue.expected !== "Object");
  return new InputError({
    problem: `${name} is ${named ? "not one that there is" : "of another type"}`,
    value: issue.input ?? String(issue.input),
    expected: typeInWords(issue),
    mend: `Correct ${name}.`,
  });
}

/** A name that the schema does not have. */
function isStranger({ type, expected }: v.BaseIssue<unknown>): boolean {
  return type === "strict_object" && expected === "never";
}

function noSuch(owner: string, name: string, known: readonly string[]): InputError {
  const near = known.length > 0 ? closest(name, [...known]) : "";
  const meant = near !== "" && distance(name.toLowerCase(), near.toLowerCase()) <= 2;
  return new InputError({
    problem: `${owner} has no such ${owner === PROPS ? "prop" : "setting"}`,
    value: name,
    expected: `one of ${known.join(", ")}`,
    mend: meant ? `Did you mean ${near}?` : "Leave it out, or mend its name.",
  });
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  Object: "an object",
  Array: "a list",
};

function typeInWords({ kind, type, expected, message }: v.BaseIssue<unknown>): string {
  if (kind === "schema" && type === "custom") return message;
  if (expected === null) return message;
  return (
    TYPES[expected] ??
    expected
      .replace(/^\((.*)\)$/, "$1")
      .split(" | ")
      .map((one) => TYPES[one] ?? one.replace(/^"(.*)"$/, "$1"))
      .join(", ")
  );
}

const PROPS = "props";

function nameOf(root: string, path: Path): string {
  const name = path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    root,
  );
  return name === "" ? PROPS : name;
}

/** What the schemas that wrap or hold others have of these. */
interface Inside {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  readonly options?: readonly v.GenericSchema[];
  readonly getter?: (value: unknown) => v.GenericSchema;
}

/** A part of a schema and of the value that it was held against, to say what may stand there. */
class Part {
  constructor(
    readonly schema: v.GenericSchema | undefined,
    private readonly value: unknown,
  ) {}

  /** The part that a path leads to. */
  at(path: Path): Part {
    const { entries, item, wrapped, options, getter } = this.inside;
    if (wrapped) return new Part(wrapped, this.value).at(path);
    if (getter) return new Part(getter(this.value), this.value).at(path);
    if (path.length === 0) return this;
    const [key, ...rest] = path;
    if (options) {
      const parts = options.map((option) => new Part(option, this.value).at(path));
      return parts.find(({ schema }) => schema) ?? parts[0];
    }
    const value = (this.value as Record<PropertyKey, unknown> | undefined)?.[key as PropertyKey];
    return new Part(typeof key === "number" ? item : entries?.[String(key)], value).at(rest);
  }

  /** Names that may stand in it. */
  get names(): string[] {
    const { entries, options } = this.inside;
    const parts = options?.map((option) => new Part(option, this.value).at([]).names);
    return parts ? [...new Set(parts.flat())] : Object.keys(entries ?? {});
  }

  private get inside(): Inside {
    return (this.schema ?? {}) as Inside;
  }
}
