import type { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { dependable, Fn, Lazy, TerraformLocal, type TerraformElement, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { NONE } from "../../model/fault";
import { addPostcondition, addPrecondition } from "../stack/conditions";
import { TerraformData } from "../stack/terraform-data";
import type { TerraformResource } from "cdktf";

/** The form that a schedule takes too: whole seconds, and Z for UTC. */
const RFC_3339_UTC = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
const DEFAULT_MINUTES = 120;
/** The schedules must be there, and the cut too, before they are due. */
const LEAST_MINUTES = 5;
/** A week. */
const MOST_MINUTES = 10_080;

/**
 * When a switch's fault ends by itself: at `heal_at`, else `heal_after_minutes` after it was planned, else never.
 *
 * The time at which a fault was asked for is kept in state, so that the next plan of the same fault changes nothing; it is
 * set anew when one of the variables changes. An end in less than five minutes is refused, of the plan and of the apply: of
 * a plan that was saved, or left at the prompt, nothing is made. No variable is validated for it, so that it never stops a
 * destroy, or a deploy without a fault.
 */
export class FaultEnd extends Construct {
  /** Name of the variable with the time: `heal_at`; of another switch `heal_at_NAME`. */
  readonly healAtName: string;
  /** Name of the variable with the minutes: `heal_after_minutes`. */
  readonly healAfterName: string;
  private readonly asked: TerraformData;
  private readonly end: TerraformLocal;
  private readonly healAt: TerraformVariable;
  private readonly healAfter: TerraformVariable;
  /** Faults that no timer can end. */
  private readonly untimed = new Set<string>();
  private readonly schedules: SchedulerSchedule[] = [];
  /** Is there once all schedules of a fault are; made with the first of them. */
  private scheduled: TerraformData | undefined;

  /**
   * @param fault name of the variable with the fault
   * @param suffix of the names
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly fault: string,
    suffix: string,
  ) {
    super(scope, id);
    this.healAtName = `heal_at${suffix}`;
    this.healAfterName = `heal_after_minutes${suffix}`;
    this.healAt = new TerraformVariable(this, "heal-at", {
      type: "string",
      default: "",
      description: `When the fault ends by itself: RFC 3339, UTC, such as 2030-01-31T13:45:00Z; empty = after ${this.healAfterName}.`,
    });
    this.healAt.overrideLogicalId(this.healAtName);
    // synth --hcl leaves empty defaults out, and a variable without one has to be given.
    this.healAt.addOverride("default", "");
    this.healAt.addValidation({
      condition: `\${length(var.${this.healAtName}) < 1 || (can(regex("${RFC_3339_UTC}", var.${this.healAtName})) && can(timecmp(var.${this.healAtName}, var.${this.healAtName})))}`,
      errorMessage: `${this.healAtName} must be a time in UTC as RFC 3339 writes it, such as 2030-01-31T13:45:00Z.`,
    });
    this.healAfter = new TerraformVariable(this, "heal-after", {
      type: "number",
      default: DEFAULT_MINUTES,
      description: `Minutes after which a fault ends by itself, where ${this.healAtName} is empty; 0 = it does not.`,
    });
    this.healAfter.overrideLogicalId(this.healAfterName);
    const minutes = `var.${this.healAfterName}`;
    this.healAfter.addValidation({
      condition: `\${floor(${minutes}) == ${minutes} && (${minutes} == 0 || (${minutes} >= ${LEAST_MINUTES} && ${minutes} <= ${MOST_MINUTES}))}`,
      errorMessage: `${this.healAfterName} must be a whole number of minutes, ${LEAST_MINUTES} to ${MOST_MINUTES} (a week), or 0 for no end.`,
    });
    this.asked = new TerraformData(this, "asked", {
      input: { planned: Fn.plantimestamp(), applied: "${timestamp()}" },
      triggersReplace: {
        fault: `\${var.${fault}}`,
        heal_at: this.healAt.stringValue,
        heal_after_minutes: this.healAfter.numberValue,
      },
    });
    this.end = new TerraformLocal(
      this,
      "end",
      Lazy.stringValue({ produce: () => `\${${this.endOf(`${this.asked.address}.input.planned`)}}` }),
    );
    this.end.overrideLogicalId(`fault_end${suffix}`);
    this.refuseBefore(
      "planned",
      `an end must be ${LEAST_MINUTES} minutes ahead. Give a later ${this.healAtName}, or leave it empty for ${this.healAfterName}.`,
    );
    this.refuseBefore(
      "applied",
      `the plan was applied with less than ${LEAST_MINUTES} minutes left, so nothing was cut. Deploy ${fault}=${NONE}, then plan the fault again.`,
    );
  }

  /** What it adds to the stack by names that must be its own. */
  get named(): readonly TerraformElement[] {
    return [this.healAt, this.healAfter, this.end];
  }

  /** Has what a fault breaks wait for a schedule that ends it. */
  add(schedule: SchedulerSchedule): void {
    this.schedules.push(schedule);
    this.scheduled ??= this.gate();
  }

  /**
   * What must be there before a fault's first entry is made: with all schedules before all entries, these come at once, and none is
   * without an end. Else clusters form while a cut is half there, and one that is replaced before it serves leaves partitions dead.
   */
  get before(): string[] {
    return this.scheduled ? [dependable(this.scheduled)] : [];
  }

  private gate(): TerraformData {
    const gate = new TerraformData(this, "scheduled");
    gate.dependsOn = Lazy.listValue({
      // By path, as addresses are tokens until they are resolved: the order of making does not matter.
      produce: () =>
        [...this.schedules]
          .sort((a, b) => (a.node.path < b.node.path ? -1 : 1))
          .map((schedule) => dependable(schedule)),
    });
    return gate;
  }

  /** Expression: the time at which the fault ends by itself, RFC 3339; empty where it does not. */
  get time(): string {
    return this.end.asString;
  }

  /** Expression, to be used inside another: the same. */
  get name(): string {
    return `local.${this.end.friendlyUniqueId}`;
  }

  /**
   * Makes Terraform refuse a time for a fault that no timer can end.
   * @param resource one that is always there; it carries the condition
   */
  refuse(fault: string, resource: TerraformResource, reason: string): void {
    this.untimed.add(fault);
    addPrecondition(resource, {
      condition: `\${length(var.${this.healAtName}) < 1 || var.${this.fault} != "${fault}"}`,
      errorMessage: `The fault ${fault} cannot end by itself: ${reason}. Leave ${this.healAtName} empty, and heal with ${this.fault}=${NONE}.`,
    });
  }

  /** The end of a fault that was asked for at a time, both as expressions. */
  private endOf(asked: string): string {
    const without = JSON.stringify([NONE, ...[...this.untimed].sort()]);
    const [healAt, minutes] = [`var.${this.healAtName}`, `var.${this.healAfterName}`];
    const after = `${minutes} < 1 ? "" : timeadd(${asked}, format("%dm", ${minutes}))`;
    return `contains(${without}, var.${this.fault}) ? "" : length(${healAt}) < 1 ? ${after} : ${healAt}`;
  }

  /** Refuses an end that is less than five minutes after the plan that asked for it, or after its apply. */
  private refuseBefore(moment: "planned" | "applied", why: string): void {
    const end = () => this.endOf("self.input.planned");
    const least = `timeadd(self.input.${moment}, "${LEAST_MINUTES}m")`;
    addPostcondition(this.asked, {
      condition: Lazy.stringValue({
        produce: () =>
          `\${alltrue([for end in [${end()}] : length(end) < 1 ? true : timecmp(end, ${least}) >= 0])}`,
      }),
      errorMessage: Lazy.stringValue({
        produce: () => `The fault \${var.${this.fault}} would end at \${${end()}}: ${why}`,
      }),
    });
  }
}
