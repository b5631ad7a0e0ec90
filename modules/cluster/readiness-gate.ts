import type { NullProvider } from "@cdktf/provider-null/lib/provider";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { checkedId } from "../stack/construct-id";
import type { AerospikeNode } from "./aerospike-node";
import * as v from "valibot";
import { InputError } from "../stack/errors";
import { MOST_NODES } from "../../model/limits";
import { checkProps, integer, list, object, propsOf, told } from "../stack/props";
import { templateText } from "../hosts/template";

const OWN_PROVIDER = "readiness-gate-null";

/** Who shall answer, and how long an apply waits for it. */
export interface ReadinessGateProps {
  /** Every node that shall answer; the first one is asked. */
  readonly nodes: readonly AerospikeNode[];
  /**
   * Minutes after which the apply fails.
   * @default 20
   */
  readonly timeoutMinutes?: number;
}

const PROPS = propsOf<ReadinessGateProps>({
  nodes: list(
    object<AerospikeNode>("a node of a cluster (cluster.nodes)", "instance", "subnet"),
    1,
    MOST_NODES,
    {
      problem: "are none",
      expected: "the nodes of a cluster",
    },
  ),
  timeoutMinutes: v.optional(integer(1, 1440, "minutes")),
});

/**
 * Lets `terraform apply` end only when the cluster answers with all its nodes. It asks a node on its own host through
 * SSM, by the AWS CLI of the machine that runs Terraform, and asks again whenever an instance was replaced. Needs the
 * package @cdktf/provider-null.
 *
 * @example
 * ```ts
 * new ReadinessGate(stack, "ready", { nodes: cluster.nodes, timeoutMinutes: 30 });
 * ```
 */
export class ReadinessGate extends Construct {
  /** @throws InputError if @cdktf/provider-null is not installed */
  constructor(scope: Construct, id: string, props: ReadinessGateProps) {
    super(scope, checkedId(scope, id));
    checkProps(this, PROPS, props);
    const { nodes, timeoutMinutes = 20 } = props;
    const { NullProvider, Resource } = told(this, loadProviderNull);
    new Resource(this, "resource", {
      provider: defaultProvider(TerraformStack.of(this), NullProvider),
      triggers: { instances: nodes.map((node) => node.instance.id).join(",") },
      provisioners: [
        {
          type: "local-exec",
          interpreter: ["bash", "-c"],
          command: templateText("readiness.sh").replaceAll("${", "$${"),
          environment: {
            REGION: nodes[0].subnet.vpc.region,
            INSTANCE: nodes[0].instance.id,
            NODES: String(nodes.length),
            TIMEOUT_MINUTES: String(timeoutMinutes),
          },
        },
      ],
    });
  }
}

/** The stack's null provider without an alias: the user's own, made before or later, or else one made here. */
function defaultProvider(stack: TerraformStack, Provider: typeof NullProvider): NullProvider {
  class OwnProvider extends Provider {
    private get isNeeded(): boolean {
      const others = stack.node.findAll().filter((c) => c instanceof Provider && c !== this);
      return !others.some((other) => (other as NullProvider).alias === undefined);
    }
    override toTerraform() {
      return this.isNeeded ? super.toTerraform() : {};
    }
    override toHclTerraform() {
      return this.isNeeded ? super.toHclTerraform() : {};
    }
  }
  const made = stack.node.tryFindChild(OWN_PROVIDER) as NullProvider | undefined;
  return made ?? new OwnProvider(stack, OWN_PROVIDER);
}

/** Optional peer: loaded only by who asks for the gate. */
function loadProviderNull() {
  try {
    /* eslint-disable @typescript-eslint/no-require-imports -- loaded on demand */
    const { NullProvider } =
      require("@cdktf/provider-null/lib/provider") as typeof import("@cdktf/provider-null/lib/provider");
    const { Resource } =
      require("@cdktf/provider-null/lib/resource") as typeof import("@cdktf/provider-null/lib/resource");
    /* eslint-enable @typescript-eslint/no-require-imports */
    return { NullProvider, Resource };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new InputError({
      problem: "readinessGate needs the package @cdktf/provider-null",
      value: "not installed",
      expected: "@cdktf/provider-null 11",
      mend: "Run npm install @cdktf/provider-null@11, or leave readinessGate out.",
    });
  }
}
