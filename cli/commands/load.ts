import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { readLedger } from "../../lab/load/ledger";
import { LoaderProcess } from "../../lab/load/loader-process";
import { ARTICLE_PACE, WORKLOADS } from "../../lab/load/options";
import { breakerSpans } from "../../lab/load/outcome";
import { makeFolder } from "../../lab/folder";
import { UsageError } from "../errors";
import { assertClient } from "../lab/aerospike-client";
import {
  assertResolve,
  hostsOption,
  namespaceName,
  type ServerOptions,
  serversOf,
  tlsCaOption,
  tlsNameOption,
  userOption,
} from "../lab/server-options";
import { progressText, spanText } from "../report/load";
import { decimal, whole } from "./options";
import type { Output } from "./output";

/** What can be loaded: what reads back is `stretch verify`'s. */
const OFFERED = WORKLOADS.filter((name) => name !== "verify");
type Offered = (typeof OFFERED)[number];

interface Options extends ServerOptions {
  namespace: string;
  workload: Offered;
  place: string;
  keys?: number[];
  rate?: number;
  pace?: "article";
  inFlight?: number;
  seconds?: number;
  count?: number;
  seed?: number;
  alternate?: true;
  ledger?: string;
}

/** `stretch load`: a workload on any server, with a ledger. */
export function loadCommand(output: Output): Command {
  return new Command("load")
    .summary("loads any cluster by a workload, with a ledger of every attempt and what came of it")
    .description(
      "Connects to a cluster, the playground's or any other, and works on it until Ctrl-C or a limit. Each attempt is in the " +
        "ledger before it is made, and what came of it after: ok, not sent, refused or unknown (in doubt). It writes to the " +
        "namespace: never load one whose records matter.",
    )
    .addOption(hostsOption("addresses to connect to").makeOptionMandatory())
    .requiredOption("--namespace <NAME>", "the namespace that is written to", namespaceName)
    .addOption(
      new Option(
        "--workload <NAME>",
        "article: the article's records; register: conditional writes and reads of shared records; append: lists that grow; " +
          "lifecycle (strong consistency): each record put, removed durably and read",
      )
        .choices(OFFERED)
        .default("article"),
    )
    .option("--place <NAME>", "where the client stands, as the ledger names it", "local")
    .option(
      "--keys <LIST>",
      "article: the keys to put, once each and in this order, such as 0-469 or 5,1,7",
      keyList,
    )
    .option("--rate <N>", "operations a second (default: 500)", rate)
    .addOption(
      new Option("--pace <article>", "the pace of the article's application: one put at a time, 200 ms apart")
        .choices(["article"])
        .conflicts(["rate", "inFlight"]),
    )
    .option(
      "--in-flight <N>",
      "operations at the same time (default: 64)",
      whole("a whole number, 1 to 10000", 1, 10_000),
    )
    .option("--seconds <N>", "seconds after which it ends", seconds)
    .option("--count <N>", "operations after which it ends", count)
    .option("--seed <N>", "seed of what is random (default: a new one, printed)", seedOf)
    .addOption(userOption())
    .addOption(tlsNameOption())
    .addOption(tlsCaOption())
    .option("--alternate", "the nodes' alternate addresses are used")
    .option("--ledger <FILE>", "the ledger, which must not be there yet (default: a new one in out/)")
    .action(async (options: Options) => load(options, output));
}

async function load(
  { hosts: given, user, tlsName, tlsCa, pace, seed = randomInt(2 ** 31), ...options }: Options,
  output: Output,
) {
  assertClient();
  if (options.keys && options.workload !== "article") {
    throw new UsageError(
      `--keys is for the workload article, and ${options.workload} was given: leave it out.`,
    );
  }
  const { hosts, connect } = serversOf({ hosts: given, user, tlsName, tlsCa });
  const ledger = options.ledger ?? join("out", `load-${new Date().toISOString().replace(/\W/g, "")}.jsonl`);
  if (existsSync(ledger))
    throw new UsageError(`The ledger ${ledger} is there already: give a file that is not.`);
  makeFolder(dirname(ledger));
  await assertResolve(hosts);
  output.print(`Seed ${seed}. Ledger: ${ledger}`);
  const begun = performance.now();
  const loader = new LoaderProcess(
    {
      ...options,
      ...(pace && ARTICLE_PACE),
      ...connect,
      hosts: hosts.join(","),
      client: `${options.place}/1`,
      ledger,
      seed,
    },
    (progress) => output.print(progressText((performance.now() - begun) / 1000, progress)),
  );
  const interrupted = () => void loader.stop().catch(() => {});
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupted);
  try {
    const end = await loader.ended;
    if (end.reason === "error") throw new Error(`The loader ended: ${end.message}`);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupted);
  }
  const { header, operations } = readLedger(ledger);
  for (const span of breakerSpans(operations)) output.print(spanText(span, header.monotonic));
}

function keyList(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const count = Number(to) - Number(from) + 1;
    if (from === undefined || count < 1 || count > 1_000_000) {
      throw new InvalidArgumentError(
        `Expected whole numbers and ranges, such as 0-469 or 5,1,7, got "${part}".`,
      );
    }
    return Array.from({ length: count }, (_, i) => Number(from) + i);
  });
}

const rate = decimal("operations a second, 0.001 to 1000000", 0.001, 1e6);
const seconds = decimal("seconds, 0.001 to 604800 (a week)", 0.001, 604_800);
const count = whole("a whole number, 1 to 999999999", 1, 999_999_999);
const seedOf = whole("a whole number, 0 to 4294967295", 0, 2 ** 32 - 1);
