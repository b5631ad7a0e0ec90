import {
  Fn,
  Lazy,
  Op,
  TerraformLocal,
  type TerraformResource,
  TerraformStack,
  TerraformVariable,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import * as v from "valibot";
import { combined, type Fault, NONE } from "../../model/fault";
import type { Topology } from "../../model/topology";
import { assertMatch } from "../stack/checks";
import { InputError } from "../stack/errors";
import { checked, object, told } from "../stack/props";
import { type Assertion, StackCheck } from "../stack/stack-check";
import { tagOwn } from "../stack/tags";
import { StretchCluster } from "../cluster/stretch-cluster";
import { idInStack, StackMetadata } from "../stack/stack-metadata";
import { namesakes } from "../stack/stack-names";
import type { StretchMetadata } from "../stack/stretch-metadata";
import { AclTraces } from "./acl-traces";
import { FaultEnd } from "./fault-end";
import { PartitionsOutput } from "./partitions-output";

const FAULT_NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** As Terraform takes it: its own words are reserved. */
const VARIABLE_NAME =
  /^(?!(?:count|depends_on|for_each|lifecycle|locals|providers|source|version)$)[A-Za-z_][A-Za-z0-9_-]*$/;

type Effects = StretchMetadata["faults"][number]["clusters"];

/** Something that a fault does to the network or the hosts. */
export interface IFaultEffect {
  /** What it does to a cluster while the fault lasts. */
  effectOn(topology: Topology): Fault;
}

/**
 * The Terraform variable that makes and heals faults: `cdktf diff STACK --var fault=NAME` previews one,
 * `cdktf deploy STACK --var fault=NAME` makes it, `--var fault=none` (the default) heals it. Terraform itself refuses
 * a name that no rule of the stack has registered.
 *
 * A fault has an end of its own, after two hours unless the variable `heal_after_minutes` says otherwise (0: none), or at
 * the time in `heal_at` (RFC 3339, UTC). From then on nothing of it exists, whatever `fault` says, so that the same command
 * never cuts again; in the cloud a schedule ends it at that time (HealTimer), the operator's machine being there or not.
 * What only Terraform can undo (routes, rules of security groups) has no such end.
 *
 * The stack's check warns of a fault without an end, of one that has ended though the variable still names it, and of
 * entries in network ACLs that a killed apply left.
 *
 * In which order the constructs of a stack are made never matters, but for this: the names of the faults are told, and the
 * rules of network ACLs numbered, in the order in which the faults are registered. So append rules to a stack that is
 * deployed: one put before others renumbers them, which Terraform sees while a fault of theirs lasts.
 *
 * @example
 * ```ts
 * // Beside the stack's `fault`: the variable `outage`, so that a cut and an outage can be there together.
 * const outages = FaultSwitch.of(stack, "outage");
 * new RackOutage(stack, "lost", { fault: "london-down", rack: cluster.rack(32), faultSwitch: outages });
 * ```
 */
export class FaultSwitch extends Construct {
  /**
   * The switch of a stack, made at the first call: one per variable name and stack.
   * @param variableName name of the Terraform variable (default `fault`)
   * @throws InputError if that is no name for one, or at synth if the stack has another of that name
   */
  static of(scope: Construct, variableName = "fault"): FaultSwitch {
    const stack = TerraformStack.of(scope);
    const id = `fault-switch-${variableName}`;
    const made = stack.node.tryFindChild(id);
    return made instanceof FaultSwitch ? made : new FaultSwitch(stack, id, variableName);
  }

  readonly variableName: string;
  /** When its fault ends by itself. @internal */
  readonly end: FaultEnd;
  /** What its cuts may leave behind. @internal */
  readonly traces: AclTraces;
  private readonly variable: TerraformVariable;
  private readonly current: TerraformLocal;
  private readonly absences = new Map<TerraformResource, string[]>();
  private readonly effects = new Map<string, IFaultEffect[]>();

  private constructor(stack: TerraformStack, id: string, variableName: string) {
    super(stack, id);
    tagOwn(this);
    told(stack, () => checked(v.string(), variableName, "variableName"));
    assertMatch("variableName", variableName, VARIABLE_NAME, "a Terraform variable's name, such as fault_b");
    const suffix = variableName === "fault" ? "" : `_${variableName}`;
    this.variableName = variableName;
    this.variable = new TerraformVariable(this, "variable", {
      type: "string",
      default: NONE,
      description: "The fault to make; none heals.",
    });
    // `--var fault=` needs the variable's plain name.
    this.variable.overrideLogicalId(variableName);
    const names = () => [NONE, ...this.faults];
    this.variable.addValidation({
      condition: Lazy.anyValue({ produce: () => Fn.contains(names(), this.variable.stringValue) }),
      errorMessage: Lazy.stringValue({
        produce: () => `${variableName} must be one of: ${names().join(", ")}.`,
      }),
    });
    this.end = new FaultEnd(this, "end", variableName, suffix);
    const end = this.end.name;
    // A conditional, as only its taken branch must be valid: an empty end is no time.
    const lasts = `length(${end}) < 1 ? true : timecmp(${end}, plantimestamp()) == 1`;
    this.current = new TerraformLocal(this, "current", `\${(${lasts}) ? var.${variableName} : "${NONE}"}`);
    this.current.overrideLogicalId(`current_fault${suffix}`);
    this.traces = new AclTraces(this, "traces", `local.current_fault${suffix}`, variableName);
    StackCheck.of(this).add(() => this.assertions());
    StackMetadata.of(this).add(() => ({ faults: this.metadata() }));
    const partitions = new PartitionsOutput(this, "partitions", `partitions${suffix}`);
    this.node.addValidation({
      validate: () =>
        namesakes(
          [this.variable, ...this.end.named, this.current, ...(partitions.isEmpty ? [] : [partitions])],
          { whose: "the fault switch's", mend: "Rename yours, or give the switch another variableName." },
        ),
    });
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
    if (fault === NONE || !FAULT_NAME.test(fault)) {
      throw new InputError({
        problem: "fault is not a name for a fault",
        value: fault,
        expected: `lower-case letters, digits and hyphens, a letter first, at most 40, not "${NONE}"`,
        mend: "Name it for what it does, such as split.",
      });
    }
    this.effects.set(fault, [...(this.effects.get(fault) ?? []), effect]);
  }

  /** What each fault does to a cluster, by name: what all its effects do together. */
  faultsOf(topology: Topology): Record<string, Fault> {
    return Object.fromEntries(
      [...this.effects].map(([name, effects]) => [
        name,
        combined(effects.map((effect) => effect.effectOn(topology))),
      ]),
    );
  }

  /** Expression: `yes` while one of the faults lasts, else `no`. */
  choose<T>(faults: readonly string[], yes: T, no: T): T {
    const named = [...faults].sort().map((fault) => Op.eq(this.current.asString, fault));
    return Fn.conditional(
      named.reduce((a, b) => Op.or(a, b)),
      yes,
      no,
    );
  }

  /** Expression for `count`: one instance of a resource while the fault lasts, else none. */
  countIf(fault: string): number {
    return Token.asNumber(this.choose([fault], 1, 0));
  }

  /** Expression for `count`: one instance while the fault lasts and has an end of its own, else none. */
  countIfTimed(fault: string): number {
    const timed = Fn.conditional(Op.lt(Fn.lengthOf(this.end.time), 1), 0, 1);
    return Token.asNumber(this.choose([fault], timed, 0));
  }

  /**
   * Expression: the entry of the current fault, of texts by fault name (`none` among them), each by a key. When a fault
   * ends by itself stands in `note`.
   */
  lookup(texts: Readonly<Record<string, Readonly<Record<string, string>>>>): unknown {
    const current = this.current.asString;
    const { time } = this.end;
    const notes = Object.fromEntries(Object.entries(texts).map(([fault, { note = "" }]) => [fault, note]));
    const end = Fn.format("ends by itself at %s", [time]);
    const note = Fn.join("; ", Fn.compact([Fn.lookup(notes, current, notes[NONE]), end]));
    const endless = Op.or(Op.lt(Fn.lengthOf(time), 1), Op.eq(current, NONE));
    return Fn.merge([
      Fn.lookup(texts, current, texts[NONE]),
      Fn.conditional(endless, Fn.tomap({}), Fn.tomap({ note })),
    ]);
  }

  /**
   * Takes a resource away while the fault lasts.
   * @throws InputError if its `count` is somebody else's, another switch's for instance
   */
  removeDuring(fault: string, resource: TerraformResource): void {
    const faults = this.absences.get(resource) ?? [];
    if (faults.length === 0 && resource.count !== undefined) {
      throw new InputError({
        problem: `the fault "${fault}" cannot take ${resource.node.path} away`,
        value: resource.count,
        expected: "a resource whose count nothing else sets",
        mend: "Let one fault switch make the faults that take it away.",
      });
    }
    if (!faults.includes(fault)) faults.push(fault);
    this.absences.set(resource, faults);
    resource.count = Token.asNumber(this.choose(faults, 0, 1));
  }

  /** What the stack's metadata say of its faults. */
  private metadata(): StretchMetadata["faults"] {
    const clusters = StretchCluster.inStackOf(this).map(
      (cluster) => [idInStack(cluster), this.faultsOf(cluster.topology())] as const,
    );
    return this.faults.map((name) => ({
      name,
      variable: this.variableName,
      healAt: this.end.healAtName,
      clusters: Object.fromEntries(clusters.map(([id, faults]) => [id, faults[name]])) as Effects,
    }));
  }

  /** For the stack's check. */
  private assertions(): Assertion[] {
    if (this.faults.length === 0) return [];
    const { variableName } = this;
    const fault = `var.${variableName}`;
    const current = `local.${this.current.friendlyUniqueId}`;
    return [
      {
        condition: `\${${current} == "${NONE}" || length(${this.end.name}) > 0}`,
        errorMessage: `The fault \${${fault}} has no end of its own, as ${this.end.healAfterName} is 0 or no timer can end it: it lasts until ${variableName}=${NONE} is deployed.`,
      },
      {
        condition: `\${${current} == ${fault}}`,
        errorMessage: `The fault \${${fault}} ended at \${${this.end.name}}: ${variableName}=${NONE} before a new one.`,
      },
      ...this.traces.assertions(),
    ];
  }
}

/** A switch, whoever made it. */
export const FAULT_SWITCH = object<FaultSwitch>("a FaultSwitch (FaultSwitch.of)", "register", "variableName");
