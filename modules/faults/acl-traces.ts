import type { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, dependable, Lazy, TerraformElement, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { NONE } from "../../model/fault";
import { addPostcondition } from "../stack/conditions";
import { stretchCommand } from "../stack/own-command";
import type { Assertion } from "../stack/stack-check";
import { TerraformData } from "../stack/terraform-data";

/** An entry that a fault makes in a network ACL, one direction or both. */
export interface AclEntry {
  readonly provider: AwsProvider;
  readonly region: string;
  readonly aclId: string;
  readonly ruleNumber: number;
  readonly fault: string;
  readonly rule: NetworkAclRule;
}

/** ACLs of one provider and the faults of their numbers, of which none belongs to two faults. */
interface Group {
  readonly provider: AwsProvider;
  readonly region: string;
  readonly aclIds: Set<string>;
  readonly faultOf: Map<number, string>;
}

/** EC2 takes so many values in a filter. */
const FILTER_VALUES = 200;
/** No entry has this number; a filter needs a value. */
const NO_NUMBER = "0";

/**
 * Looks for entries of a switch's faults that Terraform's state does not know, as a killed apply leaves them. What it
 * finds after the cuts of an apply, or in a plan that changes none, of a fault that is not the current one is a warning of
 * the stack's check. A fault whose entries are there before it is made is refused.
 */
export class AclTraces extends Construct {
  private readonly entries: AclEntry[] = [];
  /** Made anew when all rules of a fault are there, so that a cut that was not finished is still to be made. */
  private readonly made: TerraformData;

  /**
   * @param current name of the local with the current fault
   * @param variable name of the variable with the fault
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly current: string,
    private readonly variable: string,
  ) {
    super(scope, id);
    this.made = new TerraformData(this, "made", {
      input: { planned: "${plantimestamp()}" },
      triggersReplace: { fault: `\${${current}}` },
    });
    this.made.dependsOn = Lazy.listValue({ produce: () => this.rules() });
    // cdktf leaves checks out of HCL.
    if (App.of(this).hclOutput) return;
    new AclLookUp(this, "before", () => this.lookUps("before"));
    new AclLookUp(this, "after", () => this.lookUps("after"));
    addPostcondition(this.made, {
      condition: Lazy.stringValue({
        produce: () =>
          `\${${current} == "${NONE}" || self.input.planned != plantimestamp() || length(${this.found("before")}) < 1}`,
      }),
      errorMessage: Lazy.stringValue({
        produce: () =>
          `Entries of the fault \${${current}} are there already, from an apply that did not end: \${join(", ", ${this.found("before")})}. Heal first: ${variable}=${NONE}, then ${this.heal}.`,
      }),
    });
  }

  add(entry: AclEntry): void {
    this.entries.push(entry);
  }

  /** What must be read before a rule of an ACL of a provider is made. */
  readBefore(provider: AwsProvider): string[] {
    if (App.of(this).hclOutput) return [];
    return Object.entries(this.lookUps("before"))
      .filter(([, { provider: fqn }]) => fqn === provider.fqn)
      .map(([name]) => `data.aws_network_acls.${name}`);
  }

  /** For the stack's check. */
  assertions(): Assertion[] {
    if (this.entries.length === 0) return [];
    return [
      {
        condition: `\${length(${this.found("after")}) < 1}`,
        errorMessage: `Network ACLs hold entries of a fault that is not the current one, which Terraform does not know: \${join(", ", ${this.found("after")})}. \`${this.heal}\` names and removes them.`,
      },
    ];
  }

  private get heal(): string {
    return stretchCommand(`heal ${TerraformStack.of(this).node.id}`);
  }

  private rules(): string[] {
    return this.sorted().map(({ rule }) => dependable(rule));
  }

  /** In an order that does not depend on that of making. */
  private sorted(): AclEntry[] {
    return [...this.entries].sort((a, b) => (a.rule.node.path < b.rule.node.path ? -1 : 1));
  }

  /** Expression: the ACLs that a look-up found, with their regions. */
  private found(when: "before" | "after"): string {
    const names = this.groups().map(({ region }, i) => {
      const ids = `data.aws_network_acls.${this.nameOf(when, i)}.ids`;
      return `[for id in ${ids} : "\${id} (${region})"]`;
    });
    return names.length === 0 ? "[]" : `concat(${names.join(", ")})`;
  }

  private nameOf(when: "before" | "after", index: number): string {
    return `${this.variable}-${when}-${index}`;
  }

  /**
   * By name. Before: the ACLs that hold entries of the current fault; after its rules: those that hold entries of others.
   */
  private lookUps(when: "before" | "after"): Record<string, LookUp> {
    const faults = [NONE, ...new Set(this.sorted().map(({ fault }) => fault))];
    return Object.fromEntries(
      this.groups().map(({ provider, aclIds, faultOf }, i) => {
        const numbersIn = (fault: string) => {
          const numbers = [...faultOf].filter(([, owner]) => (owner === fault) === (when === "before"));
          return numbers.length > 0 ? numbers.map(([number]) => String(number)) : [NO_NUMBER];
        };
        const table = Object.fromEntries(faults.map((fault) => [fault, numbersIn(fault)]));
        const numbers = `\${lookup(${JSON.stringify(table)}, ${this.current}, ${JSON.stringify(table[NONE])})}`;
        const lookUp = {
          provider: provider.fqn,
          filter: [
            { name: "association.network-acl-id", values: [...aclIds] },
            { name: "entry.rule-number", values: numbers },
          ],
          ...(when === "after" && { depends_on: this.rules() }),
        };
        return [this.nameOf(when, i), lookUp];
      }),
    );
  }

  /** As few as there can be without a number of two faults: each is a call to AWS in every plan. */
  private groups(): Group[] {
    const acls = new Map<string, Group>();
    for (const { provider, region, aclId, ruleNumber, fault } of this.sorted()) {
      const acl = acls.get(aclId) ?? { provider, region, aclIds: new Set([aclId]), faultOf: new Map() };
      acls.set(aclId, acl);
      acl.faultOf.set(ruleNumber, fault);
    }
    const groups: Group[] = [];
    for (const acl of acls.values()) {
      const group = groups.find(
        ({ provider, faultOf }) =>
          provider === acl.provider &&
          new Set([...faultOf.keys(), ...acl.faultOf.keys()]).size <= FILTER_VALUES &&
          [...acl.faultOf].every(([number, fault]) => (faultOf.get(number) ?? fault) === fault),
      );
      if (group === undefined) groups.push(acl);
      else {
        acl.aclIds.forEach((id) => group.aclIds.add(id));
        acl.faultOf.forEach((fault, number) => group.faultOf.set(number, fault));
      }
    }
    return groups;
  }
}

interface LookUp {
  readonly provider: string;
  readonly filter: readonly { readonly name: string; readonly values: unknown }[];
  readonly depends_on?: readonly string[];
}

/** Data sources, as many as the whole stack needs. */
class AclLookUp extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly lookUps: () => Record<string, LookUp>,
  ) {
    super(scope, id);
  }

  override toTerraform(): Record<string, unknown> {
    const lookUps = this.lookUps();
    return Object.keys(lookUps).length > 0 ? { data: { aws_network_acls: lookUps } } : {};
  }
}
