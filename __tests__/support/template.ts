import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";

type Attributes = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- synthesised JSON

/** What a stack synthesises to, asked in sentences. */
export class Template {
  /** Builds a stack, validations run, and reads what it synthesises to. */
  static of(build: (stack: TerraformStack) => void): Template {
    const outdir = mkdtempSync(join(tmpdir(), "stretch-synth-"));
    try {
      const stack = new TerraformStack(Testing.stubVersion(new App({ outdir })), "test");
      build(stack);
      return Template.parse(Testing.synth(stack, true));
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** The error that building or validating a stack ends with. */
  static errorOf(build: (stack: TerraformStack) => void): string {
    try {
      Template.of(build);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("it was built without an error");
  }

  /** Reads a synthesised stack. */
  static parse(json: string): Template {
    return new Template(JSON.parse(json) as Attributes);
  }

  private constructor(private readonly parsed: Attributes) {}

  /** Resources of a type by their logical id. */
  byId(type: string): Record<string, Attributes> {
    return this.parsed.resource?.[type] ?? {};
  }

  /** Resources of a type. */
  resources(type: string): Attributes[] {
    return Object.values(this.byId(type));
  }

  /** The only resource of a type. */
  only(type: string): Attributes {
    const found = this.resources(type);
    if (found.length !== 1) throw new Error(`${found.length} resources of ${type}, not one`);
    return found[0];
  }

  /** The resource of a type at a construct path below the stack (`london/vpc`). */
  at(type: string, path: string): Attributes {
    const prefix = `${path.replaceAll("/", "_")}_`;
    const found = Object.entries(this.byId(type)).find(([id]) => id.startsWith(prefix));
    if (found === undefined) throw new Error(`no ${type} at ${path}`);
    return found[1];
  }

  /** Every resource with its address `TYPE.ID`. */
  get all(): [string, Attributes][] {
    return Object.entries<Attributes>(this.parsed.resource ?? {}).flatMap(([type, byId]) =>
      Object.entries<Attributes>(byId).map(([id, attributes]): [string, Attributes] => [
        `${type}.${id}`,
        attributes,
      ]),
    );
  }

  /** Every data source with its address. */
  get dataSources(): [string, Attributes][] {
    return Object.entries<Attributes>(this.parsed.data ?? {}).flatMap(([type, byId]) =>
      Object.entries<Attributes>(byId).map(([id, attributes]): [string, Attributes] => [
        `data.${type}.${id}`,
        attributes,
      ]),
    );
  }

  get providers(): Attributes[] {
    return this.providersOf("aws");
  }

  /** Configurations of a provider. */
  providersOf(type: string): Attributes[] {
    return this.parsed.provider?.[type] ?? [];
  }

  /** What the stack's check asserts. */
  get assertions(): { condition: string; error_message: string }[] {
    return this.parsed.check?.faults.assert ?? [];
  }

  get outputs(): Record<string, Attributes> {
    return this.parsed.output ?? {};
  }

  get locals(): Record<string, string> {
    return this.parsed.locals ?? {};
  }

  get variables(): Record<string, Attributes> {
    return this.parsed.variable ?? {};
  }
}
