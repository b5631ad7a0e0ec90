import { Command, InvalidArgumentError, Option } from "commander";
import { Reach } from "../../reach";
import { changes, check, ClusterReach } from "../check/check";
import { hostsOfNodes } from "../check/nodes";
import { loadNetworks } from "../check/shown";
import { ExitError, UsageError } from "../errors";
import { loadTopologyFile } from "../experiment/topology-file";
import { checkJson, checkText } from "../report/check";
import { decimal } from "./options";
import type { Output } from "./output";

/** Exit codes beside 0: a cluster serves less than is asked for; what is not known yet could change the answer. */
const [FAILED, UNKNOWN] = [1, 3];

interface Options {
  plan?: string;
  state?: string;
  topology: string;
  source?: string;
  before?: string;
  failUnder: number;
  match?: string;
  json?: true;
}

/** `stretch check`: what the networks of a plan or a state do to a cluster. */
export function checkCommand(output: Output): Command {
  return new Command("check")
    .summary("what any Terraform plan or state does to a cluster: who reaches whom, and who serves what then")
    .description(
      "Reads a plan or a state of any Terraform configuration, computes who can reach whom on the cluster's ports and what " +
        "decides it, and predicts what that does to the cluster. Exit codes: 0 a cluster serves at least --fail-under, " +
        "1 none does, 3 what is not known yet could change that, 2 wrong use.",
    )
    .option("--plan <FILE>", "a plan: its file, or what `terraform show -json` printed of it")
    .option("--state <FILE>", "a state, as `terraform show -json` prints it")
    .requiredOption("--topology <FILE>", "the cluster, in YAML or JSON, each node with its private address")
    .option("--source <DIR>", "folder of the configuration, for locals; a plan's file has them itself")
    .option("--before <FILE>", "a state to compare with (default: the one that the plan was made from)")
    .addOption(
      new Option(
        "--fail-under <PERCENT>",
        "exit with 1 where no sub-cluster serves at least this share of the partitions",
      )
        .argParser(decimal("a percentage, 0 to 100", 0, 100))
        .default(100),
    )
    .addOption(
      new Option("--match <tag:NAME>", "find nodes by a tag of the instances that holds their ids").argParser(
        tag,
      ),
    )
    .option("--json", "everything as JSON")
    .action(
      async ({ plan, state, topology: topologyFile, source, before, failUnder, match, json }: Options) => {
        const file = plan ?? state;
        if (file === undefined || (plan !== undefined && state !== undefined)) {
          throw new UsageError(
            file === undefined
              ? "Nothing is given to check: expected --plan FILE or --state FILE."
              : `Both --plan ${plan} and --state ${state} were given: expected one of them.`,
          );
        }
        const experiment = loadTopologyFile(topologyFile);
        const { topology } = experiment;
        const networks = await loadNetworks(file, source);
        const matching = { topologyFile, file, ...(match !== undefined && { tag: match }) };
        const hosts = hostsOfNodes(topology, networks.after, matching);
        const reach = new Reach(networks.after);
        const cluster = new ClusterReach(topology, reach, hosts);
        const nodes = new Set(hosts.values());
        const others = networks.after.hosts.filter((host) => !nodes.has(host));
        const checked = check(cluster, reach, others, failUnder);
        const earlier = before === undefined ? networks.before : (await loadNetworks(before)).after;
        const there = earlier?.hosts.length
          ? new ClusterReach(
              topology,
              new Reach(earlier),
              hostsOfNodes(topology, earlier, { ...matching, file: before ?? `${file}, before the plan` }),
            )
          : undefined;
        const report = {
          file,
          checked,
          ...(there && { changes: changes(there, cluster) }),
          failUnder,
          experiment,
        };
        output.print(json ? JSON.stringify(checkJson(report), null, 2) : checkText(report, output));
        if (checked.verdict !== "pass") throw new ExitError(checked.verdict === "fail" ? FAILED : UNKNOWN);
      },
    );
}

function tag(text: string): string {
  const name = /^tag:(.+)$/.exec(text)?.[1];
  if (name === undefined) throw new InvalidArgumentError("Expected tag:NAME, such as tag:Name.");
  return name;
}
