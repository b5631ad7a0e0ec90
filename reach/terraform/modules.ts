import type { ConfigCall, ConfigModule, ConfigResource, Shown, ShownModule, Values } from "./show";

export type Key = string | number;

/** An instance of a resource, in the instance of its module. */
export interface Resource {
  readonly address: string;
  readonly managed: boolean;
  readonly type: string;
  /** Of `count` or `for_each`. */
  readonly key?: Key;
  readonly values: Values;
  readonly module: Module;
  /** Absent in a state: all of its values are known. */
  readonly config?: ConfigResource;
  /** Resources that its configuration led to, without their keys; absent in a plan. */
  readonly dependsOn?: readonly string[];
}

/** An instance of a module. */
export interface Module {
  /** Names of the calls that lead to it, joined by dots; empty: the root. */
  readonly name: string;
  readonly key?: Key;
  readonly parent?: Module;
  /** The call that makes it. */
  readonly call?: ConfigCall;
  readonly config?: ConfigModule;
  /** Instances by `TYPE.NAME`, of data sources by `data.TYPE.NAME`. */
  readonly resources: Map<string, Resource[]>;
  /** Instances of the modules that it calls, by the call's name. */
  readonly children: Map<string, Module[]>;
}

/** The modules and resources that a plan or a state will have; data sources that were read for a plan are among them. */
export function modulesOf(shown: Shown): Module {
  const root = moduleOf({ name: "", config: shown.configuration?.root_module });
  fill(root, shown.planned_values?.root_module ?? shown.values?.root_module ?? {}, () => true);
  if (shown.planned_values) {
    fill(root, shown.prior_state?.values?.root_module ?? {}, ({ managed }) => !managed);
  }
  return root;
}

/** All resources of a module and of those that it calls. */
export function resourcesIn(module: Module): Resource[] {
  return [
    ...[...module.resources.values()].flat(),
    ...[...module.children.values()].flat().flatMap(resourcesIn),
  ];
}

/** Instances of a module that a call makes; one without resources is in no plan. */
export function instancesOf(module: Module, name: string): readonly Module[] {
  const there = module.children.get(name);
  const call = module.config?.module_calls?.[name];
  if (there !== undefined || call === undefined) return there ?? [];
  const made = moduleOf({ name: nameIn(module, name), parent: module, call, config: call.module });
  module.children.set(name, [made]);
  return [made];
}

function moduleOf(module: Omit<Module, "resources" | "children">): Module {
  return { ...module, resources: new Map(), children: new Map() };
}

function nameIn({ name }: Module, child: string): string {
  return name === "" ? child : `${name}.${child}`;
}

function fill(module: Module, shown: ShownModule, wanted: (resource: Resource) => boolean): void {
  for (const { address, mode, type, name, index, values = {}, depends_on: dependsOn } of shown.resources ??
    []) {
    const managed = mode !== "data";
    const at = `${managed ? "" : "data."}${type}.${name}`;
    const config = module.config?.resources?.find((each) => each.address === at);
    const resource = { address, managed, type, key: index, values, module, config, dependsOn };
    const there = module.resources.get(at) ?? [];
    if (!wanted(resource) || there.some((each) => each.address === address)) continue;
    module.resources.set(at, [...there, resource]);
  }
  for (const child of shown.child_modules ?? []) {
    const { name, key } = lastCallOf(child.address ?? "");
    const others = module.children.get(name) ?? [];
    let instance = others.find((each) => each.key === key);
    if (instance === undefined) {
      const call = module.config?.module_calls?.[name];
      instance = moduleOf({ name: nameIn(module, name), key, parent: module, call, config: call?.module });
      module.children.set(name, [...others, instance]);
    }
    fill(instance, child, wanted);
  }
}

/** The last call of a module's address: of `module.a["x"].module.b[0]` it is b, with the key 0. */
function lastCallOf(address: string): { name: string; key?: Key } {
  const match = /module\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?$/.exec(address);
  return {
    name: match?.[1] ?? "",
    key: match?.[2] === undefined ? undefined : (JSON.parse(match[2]) as Key),
  };
}
