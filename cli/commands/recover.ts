import { Command, InvalidArgumentError, Option } from "commander";
import { partitionOf, digest } from "../../model";
import { type LedgerContents, readLedger } from "../../lab/load/ledger";
import { carryOut, RefusedStepError } from "../../lab/recover/carry-out";
import { type Loss, type Proposal, propose, refusal, rosterAfterText } from "../../lab/recover/runbook";
import { type Ask, situationOf } from "../../lab/recover/situation";
import { UsageError, VerdictError } from "../errors";
import { LIVE_CLIENTS, withAwsSdk } from "../live/aws-sdk";
import { loadLiveStack } from "../live/live-stack";
import { assertClient } from "../lab/aerospike-client";
import { withAsking } from "../lab/asking";
import {
  hostsOption,
  namespaceName,
  type ServerOptions,
  serversOf,
  tlsCaOption,
  tlsNameOption,
  userOption,
} from "../lab/server-options";
import {
  appOutputOption,
  assertLive,
  clusterOption,
  dirOption,
  liveOption,
  scenarioArgument,
} from "./options";
import type { Output } from "./output";

interface Options extends Partial<ServerOptions> {
  live?: true;
  dir?: string;
  appOutput?: string;
  cluster?: string;
  namespace?: string;
  confirmedDown: number[];
  ledger: string[];
  yes?: true;
}

/** Steps that the nodes themselves can take; the others are somebody's on the hosts or the network. */
const CARRIED_OUT = ["reroster", "promote", "bring-back", "revive"];

/** `stretch recover`: the runbook's next step. */
export function recoverCommand(output: Output): Command {
  return new Command("recover")
    .summary(
      "reads a cluster's situation from every node, proposes the runbook's next step, and takes it with --yes",
    )
    .description(
      "Asks every node that it can reach, says what it sees, and proposes the next step with its reason and what it would lose by " +
        "prediction: wait, heal the network, start what is down, take a lost rack off the roster, promote the other rack, bring a rack " +
        "back, revive. A step that is unsafe now is refused, with the reason. Nothing is changed without --yes.",
    )
    .addArgument(scenarioArgument())
    .addOption(
      liveOption("the nodes of the deployed SCENARIO, each on its own host").conflicts([
        "hosts",
        "namespace",
        "user",
        "tlsName",
        "tlsCa",
      ]),
    )
    .addOption(dirOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .addOption(
      hostsOption("addresses of the cluster's nodes, on both sides; those that they know are asked too"),
    )
    .option("--namespace <NAME>", "with --hosts, the namespace", namespaceName)
    .addOption(
      new Option(
        "--confirmed-down <RACK>",
        "a rack whose hosts are really down, on your word; may be given again",
      )
        .argParser(rack)
        .default([], "none"),
    )
    .addOption(
      new Option(
        "--ledger <FILE...>",
        "loaders' ledgers: the keys that the step would lose are counted",
      ).default([], "none"),
    )
    .addOption(userOption())
    .addOption(tlsNameOption())
    .addOption(tlsCaOption())
    .option("--yes", "takes the step")
    .action(async (scenario: string | undefined, options: Options) => {
      const {
        live,
        dir,
        appOutput,
        cluster,
        namespace: given,
        confirmedDown,
        ledger,
        yes,
        ...servers
      } = options;
      assertLive({ live, dir, appOutput, cluster });
      const ledgers = ledger.map(readLedger);
      const step = async (ids: readonly string[], ask: Ask, namespace: string) => {
        const situation = await situationOf(ids, ask, namespace);
        const known = { confirmedDown };
        const proposal = propose(situation, known);
        output.print(proposalText(proposal, situation.silent, keysIn(proposal.loses, ledgers)));
        if (!CARRIED_OUT.includes(proposal.step.step)) return;
        output.print(`roster:   ${rosterAfterText(proposal.step, situation)}`);
        const reason = refusal(proposal.step, situation, known);
        if (reason !== undefined) throw new VerdictError(`Refused: ${reason}`);
        if (!yes) return output.print('Nothing was changed: "--yes" takes the step.');
        const after = await carryOut(proposal.step, ids, ask, namespace, known);
        const { step: next, sees } = propose(after, known);
        output.print(`Done. Now: ${sees} Next: ${next.step}.`);
      };
      try {
        if (live) {
          const stack = await loadLiveStack(scenario, { dir, appOutput, cluster });
          const { withLiveHosts } = await withAwsSdk(LIVE_CLIENTS, () => import("../live/live-hosts"));
          const { nodes, namespace } = stack.cluster.topology;
          const ids = nodes.map(({ id }) => id);
          return await withLiveHosts(
            stack,
            (text) => output.complain(text),
            ({ ask }) => step(ids, ask, namespace.name),
          );
        }
        const { hosts } = servers;
        if (hosts === undefined || given === undefined || scenario !== undefined) {
          throw new UsageError(
            "Which cluster was not said: expected --hosts and --namespace of one, or SCENARIO with --live.",
          );
        }
        assertClient();
        const { hosts: found, connect } = serversOf({ ...servers, hosts });
        await withAsking(found, connect, (asking, nodes) => {
          const ask: Ask = async (id, command) =>
            (await asking.ask(nodes.get(id) ?? id, [command]))?.get(command);
          return step([...nodes.keys()], ask, given);
        });
      } catch (error) {
        if (error instanceof RefusedStepError) throw new VerdictError(`Refused: ${error.message}`);
        throw error;
      }
    });
}

function proposalText(
  { step, sees, because, loses }: Proposal,
  silent: readonly string[],
  keys: number | undefined,
): string {
  const { step: name, ...how } = step;
  const details = Object.entries(how).map(([key, value]) => `${key} ${[value].flat().join(", ")}`);
  return [
    `sees:     ${sees}`,
    ...(silent.length > 0 ? [`silent:   ${silent.join(", ")}`] : []),
    `proposes: ${[name, ...details].join(", ")}`,
    `because:  ${because}`,
    ...(loses
      ? [
          `loses:    ${loses.partitions} of 4096 partitions by prediction, where migrations had ended before the loss${keys === undefined ? "" : `, with ${keys} keys of the ledgers`}`,
        ]
      : []),
  ].join("\n");
}

/** Keys that were acknowledged and lie in partitions that are lost. */
function keysIn(loses: Loss | undefined, ledgers: readonly LedgerContents[]): number | undefined {
  if (!loses || ledgers.length === 0) return undefined;
  const lost = new Set(loses.of);
  const keys = new Set(
    ledgers.flatMap(({ operations }) =>
      operations.flatMap(({ kind, outcome, key }) => (kind !== "read" && outcome === "ok" ? [key] : [])),
    ),
  );
  return [...keys].filter((key) => {
    const set = key.slice(0, key.indexOf("/"));
    const id = key.slice(set.length + 1);
    return lost.has(partitionOf(digest(set, /^\d+$/.test(id) ? Number(id) : id)));
  }).length;
}

function rack(text: string, before: number[]): number[] {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError("Expected a rack id, such as 32.");
  return [...before, Number(text)];
}
