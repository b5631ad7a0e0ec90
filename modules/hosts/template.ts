import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";

/** Beside modules/ in the sources and beside the compiled modules/ in the package. */
const FOLDER = join(__dirname, "..", "..", "templates");

/** What a template may be given; `false` turns an optional part off. */
export type TemplateValue =
  string | number | boolean | readonly TemplateValue[] | { readonly [name: string]: TemplateValue };

const handlebars = Handlebars.create();
/** The text as the body of a YAML block literal of cloud-config.yaml.hbs. */
handlebars.registerHelper("indent", (text: string) => text.trimEnd().replace(/^(?=.)/gm, "      "));

/** The text of a file of templates/. Every host has the same files: each is read and compiled once. */
export const templateText = once((name) =>
  // A checkout may have the line ends of Windows, which no shell of a host takes.
  readFileSync(join(FOLDER, name), "utf8").replaceAll("\r\n", "\n"),
);

const compiled = once((name) => handlebars.compile(templateText(name), { strict: true, noEscape: true }));

/**
 * A template of templates/ with its values.
 * @throws Error if a value that the template names is missing, or one that is given is empty or not a number
 */
export function renderTemplate(name: string, values: { readonly [name: string]: TemplateValue }): string {
  assertWhole(name, "values", values);
  return compiled(name)(values);
}

function assertWhole(template: string, path: string, value: TemplateValue): void {
  if (value === undefined || value === null || value === "" || Number.isNaN(value)) {
    throw new Error(`${template}: ${path} has no value`);
  }
  if (typeof value === "object") {
    for (const [key, part] of Object.entries(value)) assertWhole(template, `${path}.${key}`, part);
  }
}

function once<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name)!;
  };
}
