import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Deployment } from "../stack/deployment";
import { tagOwn } from "../stack/tags";
import type { IRegionVpc } from "../network/i-region-vpc";

/** So many lines stay below the 4096 characters of a standard parameter, whatever their names. */
const LINES = 30;

/** Where the records of a stack's deployments are: its name in the characters that Systems Manager takes. */
export function recordPath(stack: string): string {
  return `/stretch/${stack.replaceAll(/[^A-Za-z0-9_.-]/g, "_")}`;
}

/**
 * What the faults of a stack may do in one region, written before any of them: by it `stretch heal` proves what is a
 * fault's, Terraform's state being there or not. Parameters of Systems Manager, `/stretch/STACK/DEPLOYMENT/REGION-N`; a line a
 * thing:
 *
 * - `deny ACL NUMBER in|out BLOCK all|FROM-TO FAULT`: an entry of a network ACL, for every protocol or for TCP ports
 * - `host INSTANCE FAULT`: a host that stops
 * - `schedules GROUP`: the schedules that end faults
 * - `route TABLE BLOCK PEERING FAULT`, `ingress GROUP FROM-TO BLOCK FAULT`: what a fault takes away
 */
export class FaultRecord extends Construct {
  /** The record of a stack for the region, and the provider, of a VPC; made at the first call. */
  static of(scope: Construct, vpc: IRegionVpc): FaultRecord {
    const stack = TerraformStack.of(scope);
    const id = `faults-${vpc.provider.alias ?? vpc.region}`;
    const made = stack.node.tryFindChild(id);
    return made instanceof FaultRecord ? made : new FaultRecord(stack, id, vpc);
  }

  /** Lines by what sorts them, so that their order does not depend on that of making. */
  private readonly lines = new Map<string, string>();
  private readonly parameters: SsmParameter[] = [];

  private constructor(
    scope: Construct,
    private readonly id: string,
    private readonly vpc: IRegionVpc,
  ) {
    super(scope, id);
    tagOwn(this);
  }

  /**
   * Writes a line.
   * @param key what is unique to it in the stack
   */
  add(key: string, ...words: readonly (string | number)[]): void {
    this.lines.set(key, words.join(" "));
    if (this.lines.size > this.parameters.length * LINES) this.addParameter();
  }

  /** What must be there before a fault is made. */
  get resources(): readonly SsmParameter[] {
    return this.parameters;
  }

  private addParameter(): void {
    const index = this.parameters.length;
    const { provider } = this.vpc;
    this.parameters.push(
      new SsmParameter(this, `record-${index}`, {
        provider,
        name: [
          recordPath(TerraformStack.of(this).node.id),
          Deployment.of(this).id,
          `${provider.alias ?? this.vpc.region}-${index}`,
        ].join("/"),
        type: "String",
        description: "What faults may do here: read by stretch heal",
        value: Lazy.stringValue({ produce: () => this.text(index) }),
        tags: { Name: this.id },
      }),
    );
  }

  private text(index: number): string {
    const sorted = [...this.lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
    return sorted.slice(index * LINES, (index + 1) * LINES).join("\n");
  }
}
