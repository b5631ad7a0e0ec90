import { Fn, Op, TerraformStack, TerraformVariable, Token } from "cdktf";
import { Construct } from "constructs";
import type { CannotHear, Topology } from "../model/topology";
import { InputError } from "./errors";
import { PartitionsOutput } from "./partitions-output";

/** The value that breaks nothing. */
export const NO_FAULT = "none";
const FAULT_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Something that a fault does to the network or the hosts. */
export interface IFaultEffect {
  /** Which nodes of the cluster cannot hear which others while the fault lasts. */
  cannotHear(topology: Topology): CannotHear;
}

/**
 * The Terraform variable that makes and heals faults: `cdktf diff STACK --var fault=NAME` previews one,
 * `cdktf deploy STACK --var fault=NAME` makes it, `--var fault=none` (the default) heals it. Terraform itself refuses
 * a name that no rule of the stack has registered.
 */
export class FaultSwitch extends Construct {
  /**
   * The switch of a stack, made at the first call: one per variable name and stack.
   * @param variableName name of the Terraform variable (default `fault`)
   * @throws InputError if the stack has a variable of that name that is not this switch's
   */
  static of(scope: Construct, variableName = "fault"): FaultSwitch {
    const stack = TerraformStack.of(scope);
    const id = `fault-switch-${variableName}`;
    const made = stack.node.tryFindChild(id);
    return made instanceof FaultSwitch ? made : new FaultSwitch(stack, id, variableName);
  }

  readonly variableName: string;
  private readonly variable: TerraformVariable;
  private readonly effects = new Map<string, IFaultEffect[]>();

  private constructor(stack: TerraformStack, id: string, variableName: string) {
    super(stack, id);
    this.variableName = variableName;
    this.variable = new TerraformVariable(this, "variable", {
      type: "string",
      default: NO_FAULT,
      description: "The fault to make; none heals.",
    });
    new PartitionsOutput(
      this,
      "partitions",
      variableName === "fault" ? "partitions" : `partitions_${variableName}`,
    );
    // `--var fault=` needs the variable's plain name.
    this.variable.overrideLogicalId(variableName);
    this.node.addValidation({ validate: () => this.namesakes().map((path) => this.taken(path).message) });
  }

  /** Names of the faults registered so far, in order of registration, `none` not among them. */
  get faults(): readonly string[] {
    return [...this.effects.keys()];
  }

  /**
   * Registers what a fault does; several effects may share a fault.
   * @throws InputError if the name is `none` or not of lower-case letters, digits and hyphens
   */
  register(fault: string, effect: IFaultEffect): void {
    if (fault === NO_FAULT || !FAULT_NAME.test(fault)) {
      throw new InputError({
        problem: "fault is not a name for a fault",
        value: fault,
        expected: `lower-case letters, digits and hyphens, a letter first, at most 40, not "${NO_FAULT}"`,
        mend: "Name it for what it does, such as split.",
      });
    }
    this.effects.set(fault, [...(this.effects.get(fault) ?? []), effect]);
    this.validateVariable();
  }

  /** Who cannot hear whom in a cluster while the fault lasts: what all its effects do together. */
  cannotHear(fault: string, topology: Topology): CannotHear {
    const deaf = new Map<string, Set<string>>();
    for (const effect of this.effects.get(fault) ?? []) {
      for (const [node, others] of Object.entries(effect.cannotHear(topology))) {
        deaf.set(node, new Set([...(deaf.get(node) ?? []), ...others]));
      }
    }
    return Object.fromEntries([...deaf].map(([node, others]) => [node, [...others]]));
  }

  /** Expression: `yes` while the fault lasts, else `no`. */
  choose<T>(fault: string, yes: T, no: T): T {
    return Fn.conditional(Op.eq(this.variable.stringValue, fault), yes, no);
  }

  /** Expression for `count`: one instance of a resource while the fault lasts, else none. */
  countIf(fault: string): number {
    return Token.asNumber(this.choose(fault, 1, 0));
  }

  /** Expression: the entry of the current fault, of values by fault name (`none` among them). */
  lookup<T>(values: Readonly<Record<string, T>>): T {
    return Fn.lookup(values, this.variable.stringValue, values[NO_FAULT]);
  }

  private validateVariable(): void {
    const names = [NO_FAULT, ...this.faults];
    this.variable.addOverride("validation", [
      {
        condition: Fn.contains(names, this.variable.stringValue),
        error_message: `${this.variableName} must be one of: ${names.join(", ")}.`,
      },
    ]);
  }

  private namesakes(): string[] {
    return TerraformStack.of(this)
      .node.findAll()
      .filter(
        (c) =>
          c instanceof TerraformVariable && c !== this.variable && c.friendlyUniqueId === this.variableName,
      )
      .map((c) => c.node.path);
  }

  private taken(path: string): InputError {
    return new InputError({
      problem: `a second Terraform variable is named ${this.variableName}`,
      value: path,
      expected: "the fault switch's alone: Terraform would silently keep one of the two",
      mend: "Rename yours, or give the switch another variableName.",
    });
  }
}
