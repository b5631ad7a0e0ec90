import { Command, InvalidArgumentError } from "commander";
import { healthyCluster } from "../../model";
import { UsageError } from "../errors";
import { faultOf } from "../experiment/experiment";
import { loadExperiment, type Source } from "../experiment/load";
import { predicted } from "../experiment/predicted";
import { evidence } from "../../lab/foretell/evidence";
import { placesOf } from "../../lab/foretell/places";
import { wrapped } from "../report/text";
import { sidesOf } from "../../lab/run/sides";
import { type KeyGiven, recordPlaces, whereText } from "../report/where";
import { stackNames } from "../scenario/stack";
import { afterOption, appOutputOption, clusterOption, faultOption, topologyOption } from "./options";
import type { Output } from "./output";

interface Options extends Source {
  set: string;
  fault: string;
  after?: string;
  json?: true;
}

/** `stretch where`: where records live and who serves them. */
export function whereCommand(output: Output): Command {
  return new Command("where")
    .summary("where a record lives, and who serves it in a fault")
    .description(
      "Tells digest, partition and replicas of keys, and who serves them in a fault, from each side (predicted). " +
        "42 is an integer key, 'x''00ff''' a blob, anything else a string; '\"42\"' (with quotes) is the string 42.",
    )
    .usage("KEY... [SCENARIO] [options]")
    .argument("<KEY...>", "keys; a last word that names a stack or a scenario is the SCENARIO", anyKey)
    .option("--set <NAME>", "set of the records (none: --set '')", setName, "dummy")
    .addOption(faultOption())
    .addOption(afterOption())
    .addOption(topologyOption())
    .addOption(appOutputOption())
    .addOption(clusterOption())
    .option("--json", "the same as JSON")
    .action(async (words: string[], options: Options) => {
      const { keys, scenario } = await keysAndScenario(words, options);
      const experiment = await loadExperiment(scenario, options);
      const fault = faultOf(experiment, options.fault);
      const healthy = healthyCluster(experiment.topology);
      const prediction = predicted(healthy, experiment, options);
      const sides = sidesOf(experiment.topology, experiment.sideOf);
      const places = placesOf(prediction, experiment.topology, fault, sides);
      const records = recordPlaces(keys, options.set, healthy, prediction, places);
      if (options.json) {
        const { name } = experiment;
        const { predictedBecause } = prediction;
        output.print(
          JSON.stringify(
            {
              scenario: name,
              fault: options.fault,
              ...(options.after !== undefined && { after: options.after }),
              set: options.set,
              records,
              predictedBecause,
            },
            null,
            2,
          ),
        );
        return;
      }
      output.print(`${whereText(records, options.set, output)}\n`);
      if (prediction.subClusters.length === 0 && prediction.orphans.length === 0) {
        output.print(`Every node is down in fault "${options.fault}": nobody serves them.`);
      }
      output.print(wrapped(evidence(prediction), output.columns));
    });
}

/** The server's own rule. */
function setName(text: string): string {
  if (Buffer.byteLength(text) > 63 || /[:;]/.test(text)) {
    throw new InvalidArgumentError("Expected the name of a set: at most 63 bytes, without : and ;.");
  }
  return text;
}

/** Any text is a key, the empty one too. */
function anyKey(text: string, before: string[] = []): string[] {
  return [...before, text];
}

async function keysAndScenario(
  words: string[],
  { topology, appOutput }: Source,
): Promise<{ keys: KeyGiven[]; scenario?: string }> {
  const last = words[words.length - 1];
  // A topology file stands in place of the scenario, so that all words are keys.
  if (topology !== undefined || !(await stackNames(appOutput)).includes(last))
    return { keys: words.map(keyOf) };
  if (words.length === 1) {
    throw new UsageError(
      `"${last}" is a scenario: expected a key before it. For the key of that name write '"${last}"'.`,
    );
  }
  return { keys: words.slice(0, -1).map(keyOf), scenario: last };
}

function keyOf(text: string): KeyGiven {
  if (/^-?\d+$/.test(text)) return { text, key: BigInt(text) };
  const quoted = /^"(.*)"$/s.exec(text);
  if (quoted) return { text, key: quoted[1] };
  const blob = /^x'(.*)'$/is.exec(text);
  if (!blob) return { text, key: text };
  if (!/^(?:[0-9a-f]{2})*$/i.test(blob[1])) {
    throw new UsageError(
      `The key ${text} is no blob: expected two hexadecimal digits a byte between the quotes, such as x'00ff'. For the string write '"${text}"'.`,
    );
  }
  return { text, key: Buffer.from(blob[1], "hex") };
}
