import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import * as v from "valibot";
import {
  type AerospikeSettings,
  ClientHost,
  type Fault,
  FaultSwitch,
  type IRegionVpc,
  ResultsBucket,
  StretchCluster,
  type StretchClusterProps,
  StretchTags,
} from "../modules";
import { acceptAddressSpace } from "../modules/network/address-space";
import { StackMetadata } from "../modules/stack/stack-metadata";
import { checkContext, checked, record, told } from "../modules/stack/props";
import { IRELAND, LONDON, PARIS } from "./regions";
import type { Story } from "./story";

/** The blocks of the article's picture lie outside private space, as in the article: nobody needs to be told each time. */
const ARTICLE_BLOCKS = [LONDON, PARIS, IRELAND].map(({ cidrBlock }) => cidrBlock);
/** What scenarios read of the context. */
const CONTEXT = ["settings", "packageSpec", "npmRegistry"] as const;

/**
 * A stack that is one experiment: a cluster, its faults and its story. The command `stretch` reads all of it from what is
 * synthesised. What the context of cdktf.json says of servers and clients (`settings`, `packageSpec`, `npmRegistry`) is
 * theirs.
 */
export abstract class Scenario extends TerraformStack {
  /** What it shows, in a line. */
  static readonly summary?: string;
  /** What `stretch run` does with it. @default the fault for 10 s, healed and read back */
  static readonly story?: Story;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { summary, story } = new.target;
    StackMetadata.of(this).add(() => ({
      ...(summary !== undefined && { summary }),
      ...(story && { story }),
    }));
    checkContext(this, CONTEXT);
    new StretchTags(this, "tags", { scenario: id });
    acceptAddressSpace(this, ARTICLE_BLOCKS);
  }

  private results: ResultsBucket | undefined;

  /** The clusters of the stack. */
  get clusters(): readonly StretchCluster[] {
    return StretchCluster.inStackOf(this);
  }

  /** What each fault does to the (first) cluster, by name. */
  faults(): Record<string, Fault> {
    return FaultSwitch.of(this).faultsOf(this.clusters[0].topology());
  }

  /**
   * The stack's cluster, `cluster`, with a bucket for results in its first rack's VPC, its servers set as the context's `settings` say, else as the scenario does. Heartbeats
   * are the article's, so that its times can be compared; in production follow Aerospike's advice for clouds, the default.
   */
  protected cluster(props: StretchClusterProps): StretchCluster {
    this.results = new ResultsBucket(this, "results", { vpc: props.racks[0].vpc });
    return new StretchCluster(this, "cluster", {
      results: this.results,
      ...props,
      settings: { heartbeat: "article", ...props.settings, ...this.settings },
    });
  }

  /** A client host a VPC (`london-client`), each chatting with the others. */
  protected clients(...vpcs: readonly IRegionVpc[]): ClientHost[] {
    const { results } = this;
    return vpcs.map(
      (vpc) =>
        new ClientHost(this, `${vpc.node.id}-client`, {
          vpc,
          results,
          chatWith: vpcs.filter((other) => other !== vpc),
          settings: this.settings,
          packageSpec: this.context("packageSpec"),
          npmRegistry: this.context("npmRegistry"),
        }),
    );
  }

  private get settings(): AerospikeSettings {
    const settings = this.context("settings") ?? {};
    told(this, () => checked(record(v.string(), v.any()), settings, "the context's settings"));
    return settings;
  }

  private context<T>(name: (typeof CONTEXT)[number]): T | undefined {
    return this.node.tryGetContext(name) as T | undefined;
  }
}
