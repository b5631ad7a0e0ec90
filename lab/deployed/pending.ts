import { isDeepStrictEqual } from "node:util";
import { NONE } from "../../model";
import { VERSION_OUTPUT } from "./version";

/** A change of a resource, as `terraform show -json` tells it of a plan. */
interface ResourceChange {
  /** With modules and index: `module.a.aws_vpc.b[0]`. */
  readonly address: string;
  readonly mode?: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: Values | null;
    readonly after?: Values | null;
    readonly after_unknown?: Values | boolean;
  };
}

type Values = Readonly<Record<string, unknown>>;

/** What an expression refers to (`references`), at any depth. */
type Expressions = unknown;

interface ConfiguredModule {
  readonly resources?: readonly {
    readonly address: string;
    readonly expressions?: Readonly<Record<string, Expressions>>;
    readonly count_expression?: Expressions;
    readonly for_each_expression?: Expressions;
  }[];
  readonly module_calls?: Readonly<
    Record<
      string,
      { readonly expressions?: Readonly<Record<string, Expressions>>; readonly module: ConfiguredModule }
    >
  >;
}

/** What is read here of a saved plan's JSON. Values in it may be secret: none is told. */
export interface ShownPlan {
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly resource_drift?: readonly ResourceChange[];
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<
    Record<string, { readonly actions: readonly string[]; readonly before?: unknown }>
  >;
  readonly configuration: { readonly root_module: ConfiguredModule };
}

/** Why a plan without a fault would change something. */
export type Cause =
  /** A fault was left: made, and not ended by Terraform; its name, where the outputs tell it. */
  | { readonly kind: "fault"; readonly name?: string }
  /** Resources, or outputs, of the definition that are not there. */
  | { readonly kind: "half"; readonly missing: readonly string[] }
  /** Variables that may have had other values. */
  | { readonly kind: "variables"; readonly names: readonly string[] }
  /** What changed since Terraform was there. */
  | { readonly kind: "hand"; readonly changed: readonly string[] }
  /** What is deployed otherwise, or is not in this definition. */
  | { readonly kind: "definition"; readonly differing: readonly string[] };

/** A resource in the configuration, and the module whose variables its expressions name. */
interface Configured {
  readonly expressions: Readonly<Record<string, Expressions>>;
  readonly counted: Expressions;
  readonly scope: Scope;
}

/** A module: where it is called, and with what; undefined for the root. */
type Scope =
  | {
      readonly prefix: string;
      readonly inputs: Readonly<Record<string, Expressions>>;
      readonly caller: Scope;
    }
  | undefined;

/** The local that says which fault there is, of each switch. */
const CURRENT_FAULT = /^local\.current_fault/;
/** The variable of its end. */
const HEAL_AT = /^var\.heal_at/;

/** Why a plan without a fault is not empty, each cause once; none where only the version of this package is another. */
export function causesOf(plan: ShownPlan): Cause[] {
  return new Causes(plan).all();
}

class Causes {
  private readonly configured = new Map<string, Configured>();
  private readonly changes: readonly ResourceChange[];
  /** Addresses in the configuration of what changes. */
  private readonly changing: ReadonlySet<string>;

  constructor(private readonly plan: ShownPlan) {
    this.configure(plan.configuration.root_module, undefined);
    this.changes = (plan.resource_changes ?? []).filter(
      ({ mode, change: { actions } }) => mode !== "data" && actions.some((action) => action !== "no-op"),
    );
    this.changing = new Set(this.changes.map(({ address }) => plain(address)));
  }

  all(): Cause[] {
    const fault = this.faultLeft();
    const [missing, changed, differing]: string[][] = [[], [], []];
    const names = new Set<string>();
    for (const change of this.changes) {
      if (fault && this.isOfFault(change)) continue;
      const variables = this.variablesBehind(change);
      if (this.hasDrifted(change)) changed.push(change.address);
      else if (variables.length > 0) variables.forEach((name) => names.add(name));
      else if (isMissing(change)) missing.push(change.address);
      else differing.push(change.address);
    }
    if (this.changes.length === 0 && !fault) {
      for (const [name, { actions }] of Object.entries(this.plan.output_changes ?? {})) {
        if (name === VERSION_OUTPUT || actions[0] === "no-op") continue;
        (actions[0] === "create" ? missing : differing).push(`output ${name}`);
      }
    }
    return [
      ...(fault ? [fault] : []),
      ...(missing.length > 0 ? [{ kind: "half", missing } as const] : []),
      ...(names.size > 0 ? [{ kind: "variables", names: [...names].sort() } as const] : []),
      ...(changed.length > 0 ? [{ kind: "hand", changed } as const] : []),
      ...(differing.length > 0 ? [{ kind: "definition", differing } as const] : []),
    ];
  }

  private faultLeft(): Cause | undefined {
    for (const { before } of Object.values(this.plan.output_changes ?? {})) {
      const fault = (before as { fault?: unknown } | null | undefined)?.fault;
      if (typeof fault !== "string" || fault.split(/[,;]/)[0] === NONE) continue;
      return { kind: "fault", name: fault.split(",")[0] };
    }
    // An apply that was killed leaves no outputs.
    const left = this.changes.some(
      (change) =>
        this.isOfFault(change) &&
        change.change.actions[0] !== "create" &&
        !isData(change) &&
        !this.hasDrifted(change),
    );
    return left ? { kind: "fault" } : undefined;
  }

  /** Whether it depends on which fault there is. */
  private isOfFault(change: ResourceChange): boolean {
    const found = this.configured.get(plain(change.address));
    if (found === undefined) return false;
    const { counted, expressions } = found;
    const references = referencesIn(
      isUpdate(change) ? differing(change.change).map((name) => expressions[name]) : counted,
    );
    // A `terraform_data` keeps when the fault was asked for.
    return references.some((name) => CURRENT_FAULT.test(name) || (isData(change) && HEAL_AT.test(name)));
  }

  /** Whether it would be put back as Terraform had left it. */
  private hasDrifted({ address, change }: ResourceChange): boolean {
    const drift = this.plan.resource_drift?.find((one) => one.address === address)?.change;
    if (drift === undefined) return false;
    const [action] = change.actions;
    if (action === "create") return drift.actions[0] === "delete";
    return differing(drift).some(
      (name) =>
        isDeepStrictEqual(change.after?.[name], drift.before?.[name]) && differing(change).includes(name),
    );
  }

  /** Variables that explain a change whole; none where one does not. */
  private variablesBehind({ address, action_reason: reason = "", change }: ResourceChange): string[] {
    const found = this.configured.get(plain(address));
    if (found === undefined) return [];
    const { expressions, counted, scope } = found;
    if (!isUpdate({ change })) {
      return change.actions[0] === "create" || /(count_index|each_key|wrong_repetition)$/.test(reason)
        ? this.variablesIn(referencesIn(counted), scope)
        : [];
    }
    // What the provider makes of the others is no part of the configuration.
    const attributes = differing(change).filter(
      // A time of its own is new whenever a resource is replaced.
      (name) =>
        name in expressions &&
        (change.after?.[name] !== undefined || referencesIn(expressions[name]).length > 0),
    );
    const behind = attributes.map((name) => this.variablesOf(name, change, expressions[name], scope));
    return behind.some((names) => names.length === 0) ? [] : behind.flat();
  }

  /** Variables that explain an attribute: by the values that differ, where it has several. */
  private variablesOf(
    attribute: string,
    { before, after, after_unknown: unknown }: ResourceChange["change"],
    expression: Expressions,
    scope: Scope,
  ): string[] {
    const references = referencesIn(expression);
    const [one, other] = [before?.[attribute], after?.[attribute]];
    const isUnknown = (unknown as Values | undefined)?.[attribute];
    const given = this.variablesIn(
      references.filter((name) => name.startsWith("var.")),
      scope,
    );
    const through = this.variablesIn(
      references.filter((name) => !name.startsWith("var.")),
      scope,
    );
    if (typeof other !== "object" || other === null) return [...given, ...through];
    const names: string[] = [];
    for (const key of new Set([...Object.keys(one ?? {}), ...Object.keys(other)])) {
      const [was, is] = [one, other].map((all) => (all as Values | undefined)?.[key]);
      if (isDeepStrictEqual(was, is)) continue;
      const isLeft = is === undefined && Boolean((isUnknown as Values | undefined)?.[key]);
      const behind = isLeft ? through : given.filter((name) => this.isIn(name, is));
      if (behind.length === 0) return [];
      names.push(...behind);
    }
    return names;
  }

  /** Whether the value of a variable is in one that differs. */
  private isIn(variable: string, value: unknown): boolean {
    const { value: given } = this.plan.variables?.[variable] ?? {};
    const text = String(given ?? "");
    return text !== "" && typeof given !== "object" && JSON.stringify(value ?? null).includes(text);
  }

  /** Variables of the root that references come from, through resources that change themselves and calls of modules. */
  private variablesIn(
    references: readonly string[],
    scope: Scope,
    seen: ReadonlySet<string> = new Set(),
  ): string[] {
    return references.flatMap((reference) => {
      if (reference.startsWith("var.")) {
        const name = reference.slice("var.".length).split(/[.[]/)[0];
        return scope ? this.variablesIn(referencesIn(scope.inputs[name]), scope.caller, seen) : [name];
      }
      const address = `${scope?.prefix ?? ""}${reference}`;
      const found = this.configured.get(address);
      if (found === undefined || !this.changing.has(address) || seen.has(address)) return [];
      return this.variablesIn(
        referencesIn([found.expressions, found.counted]),
        found.scope,
        new Set([...seen, address]),
      );
    });
  }

  private configure({ resources = [], module_calls: calls = {} }: ConfiguredModule, scope: Scope): void {
    const prefix = scope?.prefix ?? "";
    for (const {
      address,
      expressions = {},
      count_expression: count,
      for_each_expression: each,
    } of resources) {
      this.configured.set(`${prefix}${address}`, { expressions, counted: [count, each], scope });
    }
    for (const [name, { expressions = {}, module }] of Object.entries(calls)) {
      this.configure(module, { prefix: `${prefix}module.${name}.`, inputs: expressions, caller: scope });
    }
  }
}

/** It is there before and after: updated, or replaced. */
function isUpdate({ change: { actions } }: Pick<ResourceChange, "change">): boolean {
  return actions.length > 1 || actions[0] === "update";
}

/** Nothing in AWS. */
function isData({ address }: ResourceChange): boolean {
  return /(^|\.)terraform_data\./.test(address);
}

/** It is not there, or only half made (tainted). */
function isMissing({ action_reason: reason, change: { actions } }: ResourceChange): boolean {
  return (actions.length === 1 && actions[0] === "create") || reason === "replace_because_tainted";
}

/** Names of the attributes that a change gives another value, those among them that are known after it alone. */
function differing({ before, after, after_unknown: unknown }: ResourceChange["change"]): string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const isUnknown = (name: string) =>
    typeof unknown === "object" && unknown[name] !== undefined && holdsTrue(unknown[name]);
  return [...names].filter((name) => !isDeepStrictEqual(before?.[name], after?.[name]) || isUnknown(name));
}

function holdsTrue(value: unknown): boolean {
  return (
    value === true || (typeof value === "object" && value !== null && Object.values(value).some(holdsTrue))
  );
}

function referencesIn(expression: Expressions): string[] {
  if (typeof expression !== "object" || expression === null) return [];
  return Object.entries(expression).flatMap(([name, value]) =>
    name === "references" && Array.isArray(value) ? (value as string[]) : referencesIn(value),
  );
}

/** An address as the configuration has it: without indexes. */
function plain(address: string): string {
  return address.replaceAll(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "");
}
