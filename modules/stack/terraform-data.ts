import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";

export interface TerraformDataProps {
  /**
   * What state keeps: as it is when this is made, or made anew.
   * @default nothing
   */
  readonly input?: Readonly<Record<string, unknown>>;
  /**
   * It is made anew when one of these changes.
   * @default never
   */
  readonly triggersReplace?: Readonly<Record<string, unknown>>;
}

/**
 * A value that state keeps. `input` is known in a plan, even in that which makes it anew, where `output` is not. (Not
 * cdktf's DataResource: that one runs `terraform version` at each synth.)
 */
export class TerraformData extends TerraformResource {
  private readonly attributes: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, { input, triggersReplace }: TerraformDataProps = {}) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      ...(input && { lifecycle: { ignoreChanges: ["input"] } }),
    });
    this.attributes = {
      ...(input && { input }),
      ...(triggersReplace && { triggers_replace: triggersReplace }),
    };
  }

  /** Its address, as expressions name it. */
  get address(): string {
    return `${this.terraformResourceType}.${this.friendlyUniqueId}`;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.attributes;
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.attributes).map(([name, value]) => [
        name,
        { value, isBlock: false, type: "map", storageClassType: "anyMap" },
      ]),
    );
  }
}
