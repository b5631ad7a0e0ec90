/** Attributes of a resource, by name: what is not known before the apply is absent. */
export type Values = Readonly<Record<string, unknown>>;

/** One resource of `terraform show -json`. */
export interface ShownResource {
  readonly address: string;
  readonly mode?: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly values?: Values;
  /** Of a state: resources that its configuration led to, without their keys. */
  readonly depends_on?: readonly string[];
}

export interface ShownModule {
  readonly address?: string;
  readonly resources?: readonly ShownResource[];
  readonly child_modules?: readonly ShownModule[];
}

/** An expression: constant, or what it refers to; of a nested block the expressions of its attributes. */
export interface Expression {
  readonly constant_value?: unknown;
  readonly references?: readonly string[];
}

export type Expressions = Readonly<Record<string, Expression | readonly Expressions[] | undefined>>;

export interface ConfigResource {
  readonly address: string;
  readonly provider_config_key?: string;
  readonly expressions?: Expressions;
  readonly for_each_expression?: Expression;
}

export interface ConfigCall {
  readonly expressions?: Expressions;
  readonly for_each_expression?: Expression;
  readonly module?: ConfigModule;
}

export interface ConfigModule {
  readonly resources?: readonly ConfigResource[];
  readonly module_calls?: Readonly<Record<string, ConfigCall>>;
  readonly outputs?: Readonly<Record<string, { readonly expression?: Expression }>>;
  readonly variables?: Readonly<Record<string, { readonly default?: unknown }>>;
}

export interface ProviderConfig {
  readonly module_address?: string;
  readonly expressions?: Expressions;
}

/** What `terraform show -json` prints of a plan or a state, as far as it is read here. */
export interface Shown {
  readonly format_version?: string;
  readonly terraform_version?: string;
  readonly errored?: boolean;
  readonly complete?: boolean;
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly planned_values?: { readonly root_module?: ShownModule };
  readonly values?: { readonly root_module?: ShownModule };
  readonly prior_state?: Shown;
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly change?: { readonly actions?: readonly string[]; readonly before?: Values | null };
  }[];
  readonly configuration?: {
    readonly provider_config?: Readonly<Record<string, ProviderConfig>>;
    readonly root_module?: ConfigModule;
  };
}
