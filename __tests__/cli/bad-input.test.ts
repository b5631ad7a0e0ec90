import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stretch } from "./support";

const root = join(__dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
const environment = { ...process.env };
beforeAll(() => {
  delete process.env.STRETCH_PASSWORD;
  // Nobody listens there: whatever asks AWS fails at once.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    AWS_ACCESS_KEY_ID: "nobody",
    AWS_SECRET_ACCESS_KEY: "nobody",
    AWS_MAX_ATTEMPTS: "1",
    AWS_REGION: "eu-west-2",
  });
});
afterAll(() => {
  process.env = environment;
  rmSync(folder, { recursive: true });
});

function file(name: string, ...lines: readonly (string | object)[]): string {
  const path = join(folder, name);
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(path, text.join("\n"));
  return path;
}

const TOPOLOGY = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [
    { id: "A1", rack: 1, region: "London" },
    { id: "B1", rack: 2, region: "Paris" },
  ],
  faults: { split: [["A1"], ["B1"]] },
};

/** A topology file that differs from one that is right; its fields are on line 1. */
function topology(name: string, change: object): string[] {
  return ["preview", "--topology", file(`${name}.json`, { ...TOPOLOGY, ...change })];
}

function story(name: string, step: object | undefined, expect?: object): string[] {
  return topology(name, { story: { steps: step ? [step] : [], expect } });
}

const HEADER = {
  ledger: 1,
  place: "London",
  client: "London/1",
  workload: "register",
  seed: 1,
  monotonic: 0,
};
const PUT = { a: 0, t: 1, kind: "put", key: "register/1", value: "x" };

/** A ledger of these lines; a last "" is the line break of a whole one. */
function ledger(name: string, ...lines: readonly (string | object)[]): string[] {
  return ["verify", file(`${name}.jsonl`, ...lines)];
}

const RIGHT = ["--topology", file("right.json", TOPOLOGY)];

function summary(name: string, text: string): string {
  const run = join(folder, name);
  mkdirSync(run);
  writeFileSync(join(run, "summary.json"), text);
  return run;
}

const LOAD = ["load", "--hosts", "127.0.0.1:9", "--namespace", "mydata"];
const RECOVER = ["recover", "--hosts", "127.0.0.1:9", "--namespace", "mydata"];
const SCENARIOS = "expected one of even-split, odd-split";
const FREE_PORT = "45671";

/** What is wrong, the arguments, and what has to be said: the problem, the value, what is expected, the mend. */
const ROWS: readonly [string, readonly string[], ...string[]][] = [
  // Commands and options
  ["a command that is nearly one", ["previw"], "unknown command 'previw'", "Did you mean preview?"],
  ["an empty command", [""], "unknown command ''"],
  ["an option of another command", ["preview", "--ledger", "x"], "unknown option '--ledger'", "--help"],
  [
    "an option that takes a topology where none is",
    ["price", "even-split", "--topology", "x"],
    "'--topology'",
  ],
  ["one argument too many", ["preview", "even-split", "odd-split"], "Expected 1 argument but got 2"],
  ["an option without its value", ["sweep", "--owner"], "'--owner <OWNER...>' argument missing"],
  [
    "options that exclude each other",
    ["node", "stop", "A1", "--reboot", "--empty"],
    "'--reboot' cannot be used with option '--empty'",
  ],
  [
    "a rate beside a pace",
    [...LOAD, "--rate", "5", "--pace", "article"],
    "cannot be used with option '--rate <N>'",
  ],
  [
    "JSON of what has none",
    ["status", "--traces", "even-split", "--json"],
    "cannot be used with option '--json'",
  ],
  [
    "a port of what has none",
    ["status", "--traces", "even-split", "--port", "4000"],
    "cannot be used with option '--port <N>'",
  ],
  ["an unknown subcommand", ["node", "explode", "A1"], "unknown command 'explode'"],
  ["a missing argument", ["price"], "missing required argument 'SCENARIO'"],
  ["a region without a stack", ["heal", "--region", "eu-west-2"], "are for a stack: expected its name"],
  [
    "a missing option",
    ["load", "--hosts", "127.0.0.1"],
    "required option '--namespace <NAME>' not specified",
  ],

  // Names
  [
    "a scenario that is nearly one",
    ["preview", "even-spilt"],
    'no stack "even-spilt"',
    SCENARIOS,
    'Did you mean "even-split"?',
  ],
  ["a scenario that is none, as JSON", ["price", "mars", "--json"], 'no stack "mars"', SCENARIOS],
  ["a scenario for every command that takes one", ["up", "mars"], 'no stack "mars"', SCENARIOS],
  ["a scenario to run", ["run", "mars"], 'no stack "mars"', SCENARIOS],
  ["a scenario to describe", ["scenarios", "mars"], 'no stack "mars"', SCENARIOS],
  ["a scenario to render", ["render", "mars", "--out", folder], 'no stack "mars"', SCENARIOS],
  [
    "a fault that is nearly one",
    ["preview", "--fault", "spilt"],
    'no fault "spilt"',
    "expected one of none, split",
    'Did you mean "split"?',
  ],
  [
    "a fault that is none, as JSON",
    ["map", "--json", "--fault", "flood"],
    'no fault "flood"',
    "expected one of none, split",
  ],
  ["a fault of where", ["where", "1", "--fault", "splt"], 'no fault "splt"', 'Did you mean "split"?'],
  ["a fault to run", ["run", "--fault", "splt"], 'no fault "splt"', 'Did you mean "split"?'],
  ["a fault to deploy", ["fault", "splt", "--heal-after", "30m"], 'no fault "splt"', 'Did you mean "split"?'],
  [
    "a side that is nearly a node",
    ["map", "--side", "A1B322"],
    '--side "A1B322" is not a node',
    "expected one of A1B32",
    'Did you mean "A1B32"?',
  ],
  [
    "a host that is none",
    ["render", "even-split", "--node", "Z9", "--out", folder],
    'no host "Z9"',
    "expected one of A1B32",
  ],
  [
    "a node id that is none",
    ["node", "stop", "A1;rm"],
    "'A1;rm'",
    "Expected a node id: 1 to 16 hexadecimal digits",
  ],
  [
    "a stack that leads elsewhere",
    ["heal", "../x", "--region", "eu-west-2"],
    "'../x'",
    "Expected the name of a stack",
  ],
  ["a stack's traces with a space", ["status", "--traces", "a b"], "'a b'", "Expected the name of a stack"],
  ["a stack to sweep that is a path", ["sweep", "a/b"], "'a/b'", "Expected the name of a stack"],
  [
    "a region that is none",
    ["heal", "x", "--region", "london"],
    "'london'",
    "Expected an AWS region such as eu-west-2",
  ],
  [
    "a region twice",
    ["sweep", "--region", "eu-west-2", "eu-west-2"],
    "'eu-west-2'",
    "Expected each region once",
  ],
  [
    "a set's name that a server refuses",
    ["where", "1", "--set", "a:b"],
    "'a:b'",
    "at most 63 bytes, without : and ;",
  ],
  [
    "a namespace's name that a server refuses",
    ["load", "--hosts", "127.0.0.1", "--namespace", "a$b"],
    "'a$b'",
    "Expected a namespace's name",
  ],
  ["a key beyond 64 bits", ["where", "9223372036854775808"], "Key 9223372036854775808", "64 bits"],
  [
    "a blob of half a byte",
    ["where", "x'0'"],
    "The key x'0' is no blob",
    "expected two hexadecimal digits a byte",
  ],
  [
    "a secret's name that AWS refuses",
    ["secret", "create", "a b", "--region", "eu-west-2"],
    "'a b'",
    "Expected letters, digits and",
  ],
  [
    "a key that is no ARN",
    ["secret", "create", "x", "--region", "eu-west-2", "--kms-key", "foo"],
    "'foo'",
    "Expected arn:aws:kms:",
  ],
  ["a workload that is none", [...LOAD, "--workload", "banana"], "'banana'", "Allowed choices are article"],

  // Numbers, units, times and ports
  ["a share with a unit", ["preview", "--fail-under", "50ms"], "'50ms'", "Expected a percentage, 0 to 100"],
  [
    "a share in hexadecimal",
    ["preview", "--fail-under", "0x10"],
    "'0x10'",
    "Expected a percentage, 0 to 100",
  ],
  ["a share above the whole", ["preview", "--fail-under", "101"], "'101'", "0 to 100"],
  ["a port above the last", ["status", "--port", "65536"], "'65536'", "Expected a port, 1024 to 65535"],
  ["a port below the first", ["fault", "split", "--port", "80"], "'80'", "1024 to 65535"],
  ["a port in another notation", ["up", "--port", "3e3"], "'3e3'", "1024 to 65535"],
  [
    "a port without room for the nodes",
    ["up", "--port", "65500"],
    "--port 65500",
    "no room for 6 nodes",
    "65559",
  ],
  [
    "a port where no playground is",
    ["node", "start", "A1", "--port", FREE_PORT],
    `port ${FREE_PORT}`,
    "stretch",
  ],
  ["a buffer's time with a unit", ["up", "--flush-max-ms", "1s"], "'1s'", "Expected milliseconds, 1 to 1000"],
  [
    "a delay without a number",
    ["fault", "--delay", "London-Paris"],
    "'London-Paris'",
    "Expected LINK=MS, as London-Paris=50",
  ],
  ["a loss above the most", ["fault", "--loss", "London-Paris=100"], "'London-Paris=100'", "0 to 99"],
  ["a clock without a unit", ["node", "clock", "A1", "15"], "'15'", "Expected a time with its unit: +15s"],
  [
    "an end without a unit",
    ["fault", "split", "--heal-after", "30"],
    '--heal-after "30"',
    "expected 5m to 12h",
  ],
  [
    "an end before the fault is made",
    ["fault", "split", "--heal-after", "1m"],
    '--heal-after "1m"',
    "expected 5m to 12h",
  ],
  [
    "an end of nothing",
    ["fault", "none", "--heal-after", "30m"],
    '"none" breaks nothing',
    "--var fault=none",
  ],
  ["writes with a unit", ["price", "even-split", "--writes", "10/s"], "'10/s'", "Expected writes a second"],
  [
    "a record larger than a server takes",
    ["price", "even-split", "--record-size", "8388609"],
    "'8388609'",
    "whole bytes, 0 to 8388608",
  ],
  ["a record of half a byte", ["price", "even-split", "--record-size", "1.5"], "'1.5'", "whole bytes"],
  ["a rate of nothing", [...LOAD, "--rate", "0"], "'0'", "Expected operations a second"],
  ["seconds that no timer has", [...LOAD, "--seconds", "1000000000"], "'1000000000'", "Expected seconds"],
  ["a number of operations that is none", [...LOAD, "--in-flight", "0"], "'0'", "1 to 10000"],
  ["a seed below nought", [...LOAD, "--seed", "-1"], "'-1'", "0 to 4294967295"],
  ["keys backwards", [...LOAD, "--keys", "9-1"], "'9-1'", "such as 0-469 or 5,1,7"],
  ["a rack that is none", [...RECOVER, "--confirmed-down", "x"], "'x'", "Expected a rack id, such as 32"],
  [
    "a host's port above the last",
    ["load", "--hosts", "127.0.0.1:70000", "--namespace", "n"],
    "'127.0.0.1:70000'",
    "such as 10.0.0.1:3000",
  ],
  [
    "hosts that are none",
    ["recover", "--hosts", "a b", "--namespace", "n"],
    "'a b'",
    "such as 10.0.0.1:3000",
  ],
  [
    "a host that does not resolve",
    ["recover", "--hosts", "nowhere.invalid:3000", "--namespace", "n"],
    'the name "nowhere.invalid" is not found',
    "can resolve",
  ],

  // What belongs together
  [
    "a topology beside a scenario",
    ["preview", "even-split", "--topology", "x"],
    '"even-split" and --topology x',
    "expected one of them",
  ],
  [
    "a scenario where one runs already",
    ["fault", "split", "even-split"],
    '"even-split" was given without --heal-after',
    "Leave it out",
  ],
  ["no fault at all", ["fault"], "expected the name of a fault", '"none" heals'],
  [
    "keys of another workload",
    [...LOAD, "--keys", "1", "--workload", "append"],
    "--keys is for the workload article",
    "leave it out",
  ],
  ["a user without a password", [...LOAD, "--user", "bob"], "--user bob has no password", "STRETCH_PASSWORD"],
  [
    "nobody whose things to remove",
    ["sweep", "--destroy", "--yes"],
    "--yes was given without --owner",
    "expected whose",
  ],
  ["a question that nobody can answer", ["sweep", "--destroy"], "there is none: give --yes and --owner"],
  [
    "regions of no stack",
    ["status", "--region", "eu-west-2"],
    "--region was given without --traces",
    "expected the stack",
  ],
  [
    "a key of one region for several",
    [
      "secret",
      "create",
      "x",
      "--region",
      "eu-west-2",
      "eu-west-3",
      "--kms-key",
      "arn:aws:kms:eu-west-2:123456789012:key/abc",
    ],
    "--kms-key",
    "region",
  ],
  [
    "times of a story that has its own",
    ["run", "--seconds", "5"],
    "--seconds was given without --fault",
    "Name the fault",
  ],
  [
    "two sub-clusters and no side",
    ["map", "--fault", "split", "--json"],
    "2 sub-clusters",
    "--side, one of A1B32",
  ],
  [
    "a scenario in place of a key",
    ["where", "even-split"],
    '"even-split" is a scenario',
    "expected a key before it",
  ],
  ["one run to compare", ["compare", folder], `One run was given (${folder})`, "expected two or more"],

  // Empty values, long ones, and those that a terminal acts on
  ...(
    [
      ["preview", ""],
      ["preview", "--fault", ""],
      ["preview", "--topology", ""],
      ["preview", ...RIGHT, "--rtt", ""],
      ["map", "--side", ""],
      ["fault", ""],
      ["fault", "split", "--heal-after", ""],
      ["heal", "x", "--deployment", "", "--region", "eu-west-2"],
      ["render", "even-split", "--out", ""],
      ["render", "even-split", "--out", folder, "--node", ""],
      ["sweep", "--owner", "me", ""],
      [...LOAD, "--ledger", ""],
      [...LOAD, "--place", ""],
      [...LOAD, "--user", ""],
      [...RECOVER, "--ledger", ""],
      ["run", "--out", ""],
      ["verify", ""],
      ["compare", folder, ""],
      ["scenarios", ""],
    ] as const
  ).map((args): [string, readonly string[], ...string[]] => [
    `an empty value in stretch ${args.map((arg) => arg || '""').join(" ")}`.replaceAll(folder, "DIR"),
    args,
    'got "": expected a value that is not empty',
    "a variable of the shell",
  ]),
  ...(
    [
      [["VALUE"], "unknown command"],
      [["preview", "VALUE"], "There is no stack"],
      [["preview", ...RIGHT, "--fault", "VALUE"], "right.json has no fault"],
      [["preview", ...RIGHT, "--fault=VALUE"], "right.json has no fault"],
      [["preview", "--VALUE"], "unknown option"],
      [["preview", "--fail-under", "VALUE"], "Expected a percentage"],
      [["preview", "--topology", "VALUE"], "cannot be read"],
      [["node", "stop", "VALUE"], "Expected a node id"],
      [["where", "x'VALUE'"], "is no blob"],
      [["heal", "VALUE"], "Expected the name of a stack"],
      [["verify", "VALUE"], "expected a run's folder or a ledger"],
      [[...LOAD, "--user", "VALUE"], "has no password"],
    ] as const
  ).flatMap(([args, said]): [string, readonly string[], ...string[]][] =>
    (
      [
        ["a value of 100000 characters", "x".repeat(100_000)],
        ["a value that would clear the screen", "\u001b[2J\u0007\u009b2J\r!"],
      ] as const
    ).map(([what, value]) => [
      `${what} in stretch ${args.join(" ")}`,
      args.map((arg) => arg.replace("VALUE", value)),
      said,
    ]),
  ),

  // Topology files
  ["a file that is not there", ["map", "--topology", "/nope.yaml"], "/nope.yaml cannot be read", "ENOENT"],
  ["a folder for a file", ["up", "--topology", folder], `${folder} cannot be read`, "EISDIR"],
  [
    "an empty file",
    ["preview", "--topology", file("empty.yaml", "")],
    "empty.yaml:1: file: is null",
    "expected namespace, nodes and faults",
  ],
  ["a file cut off", ["preview", "--topology", file("cut.yaml", "namespace:", "  name: [")], "cut.yaml:2: "],
  [
    "a file that is no text",
    ["preview", "--topology", file("bytes.yaml", "\u0000\u0001")],
    'file: is "\\u0000\\u0001"',
  ],
  [
    "a misspelt field",
    topology("misspelt", { node: [] }),
    "misspelt.json:1: node: there is no such field",
    "mend its name",
  ],
  ["no nodes", topology("no-nodes", { nodes: [] }), "nodes: is []", "expected at least one node"],
  [
    "a rack that is a word",
    topology("rack", { nodes: [{ id: "A1", rack: "x" }] }),
    'nodes[0].rack: is "x"',
    "0 to 1000000",
  ],
  [
    "an id twice",
    topology("twice", { nodes: [...TOPOLOGY.nodes, TOPOLOGY.nodes[0]] }),
    'nodes[2].id: is "A1"',
    "another node has it",
  ],
  [
    "true in quotes",
    topology("quotes", { namespace: { ...TOPOLOGY.namespace, strongConsistency: "false" } }),
    'strongConsistency: is "false"',
    "expected true or false",
  ],
  [
    "more copies than nodes",
    topology("copies", { namespace: { ...TOPOLOGY.namespace, replicationFactor: 3 } }),
    "replicationFactor: is 3",
    "expected at most 2",
  ],
  [
    "a name that a server refuses",
    topology("name", { namespace: { ...TOPOLOGY.namespace, name: "a\u001b[31mb" } }),
    'name: is "a\\u001b[31mb"',
    "expected a namespace's name",
  ],
  [
    "a fault of unknown nodes",
    topology("unknown", { faults: { split: [["A1"], ["C1"]] } }),
    'faults.split[1][0]: is "C1"',
    "expected one of A1, B1",
  ],
  [
    "a delay beyond the most",
    topology("delay", { faults: { slow: { links: [{ between: ["London", "Paris"], delay: 1e9 }] } } }),
    "links[0].delay: is 1000000000",
    "0 to 10000",
  ],
  [
    "a heartbeat of words",
    topology("heartbeat", { heartbeats: { interval: "150ms" } }),
    'heartbeats.interval: is "150ms"',
    "expected milliseconds",
  ],
  [
    "a run of a file without faults",
    ["run", "--topology", file("faultless.json", { ...TOPOLOGY, faults: {} })],
    "faultless.json has no faults",
    '"faults"',
  ],
  [
    "a namespace that no server takes",
    ["up", "--namespace", "my;data"],
    "my;data",
    'letters, digits, "-" and "_", at most 31',
  ],
  [
    "strong settings without strong consistency",
    [
      "up",
      "--commit-to-device",
      "--topology",
      file("ap.json", { ...TOPOLOGY, namespace: { ...TOPOLOGY.namespace, strongConsistency: false } }),
    ],
    "--commit-to-device is for strong consistency only",
    "leave it out",
  ],

  // Stories
  ["a story without steps", story("no-steps", undefined), "story.steps: is []", "expected at least one step"],
  ["a step that is none", story("no-step", {}), "story.steps[0]: is {}", "expected one of load, wait"],
  ["a misspelt step", story("brake", { brake: "split" }), "story.steps[0].brake: there is no such field"],
  [
    "a fault that the file has not",
    story("flood", { fault: "splti" }),
    'steps[0].fault: is "splti"',
    "expected one of none, split",
  ],
  ["a wait in words", story("soon", { wait: "soon" }), 'steps[0].wait: is "soon"', "expected seconds"],
  ["a wait beyond the run", story("long", { wait: 100_000 }), "steps[0].wait: is ", "100000", "at most 900"],
  [
    "clients on Mars",
    story("mars", { load: { from: "Mars" } }),
    'load.from: is "Mars"',
    "expected one of London, Paris",
  ],
  [
    "keys backwards in a story",
    story("keys", { load: { keys: { from: 9, to: 3 } } }),
    "load.keys: is ",
    "expected from below to",
  ],
  [
    "a rack that is not there",
    story("stop", { stop: { rack: 9 } }),
    "stop.rack: is 9",
    "expected one of 1, 2",
  ],
  [
    "a runbook step that is none",
    story("pray", { recover: { step: "pray" } }),
    "recover",
    "expected a step: one of reroster",
  ],
  [
    "a time without a unit",
    story("unit", { heal: true }, { recovery: { detect: "5" } }),
    'recovery.detect: is "5"',
    "such as 500ms, 5s or 2m",
  ],
  [
    "a side that is not there",
    story("side", { heal: true }, { during: { Mars: { serves: 0 } } }),
    "expect.during.Mars",
    "expected one of London, Paris",
  ],
  [
    "more partitions than there are",
    story("serves", { heal: true }, { during: { Paris: { serves: 4097 } } }),
    "during.Paris.serves: is ",
    "0 to 4096",
  ],
  [
    "a metric that is none",
    story("metric", { heal: true }, { stopIf: [{ metric: "sadness", above: 1 }] }),
    'metric: is "sadness"',
    "expected a metric: one of dead",
  ],

  // Round trips
  [
    "a round trip in words",
    ["preview", ...RIGHT, "--rtt", file("words.yaml", "eu-west-2:", "  eu-west-3: 4ms")],
    'words.yaml:2: eu-west-2.eu-west-3: is "4ms"',
    "expected milliseconds, 0 to 10000",
  ],
  [
    "a round trip back in time",
    ["preview", ...RIGHT, "--rtt", file("back.yaml", "eu-west-2: { eu-west-3: -1 }")],
    "back.yaml:1: eu-west-2.eu-west-3",
    "0 to 10000",
  ],
  [
    "a region without partners",
    ["preview", ...RIGHT, "--rtt", file("flat.yaml", "eu-west-2: 5")],
    'flat.yaml:1: eu-west-2: is "5"',
    "expected regions and milliseconds",
  ],
  ["round trips cut off", ["up", ...RIGHT, "--rtt", file("cut-rtt.yaml", "a: [")], "cut-rtt.yaml:1: "],
  [
    "two documents of round trips",
    ["preview", ...RIGHT, "--rtt", file("two.yaml", "a: 1", "---", "b: 2")],
    "two.yaml:2: expected one document",
  ],
  [
    "no round trips",
    ["preview", ...RIGHT, "--rtt", file("none.yaml", "")],
    "none.yaml:1: file: is null",
    "expected regions and milliseconds",
  ],
  [
    "a speed in place of a file",
    ["up", ...RIGHT, "--rtt", "fast"],
    "The file of round trips fast cannot be read",
    "ENOENT",
  ],

  // Ledgers and runs
  ["no ledger", ["verify", join(folder, "nowhere")], "There is no ", "expected a run's folder or a ledger"],
  [
    "a folder without ledgers",
    ["verify", mkdtempSync(join(folder, "none-"))],
    "holds no ledger",
    "expected a run's folder",
  ],
  [
    "an empty ledger",
    ledger("empty", ""),
    "empty.jsonl:1: this is no line of a ledger",
    "the first line of a ledger",
  ],
  [
    "a ledger cut off in its first line",
    ledger("torn", '{"ledger":1,"pl'),
    "torn.jsonl:1: ",
    'got "{\\"ledger\\":1,\\"pl"',
  ],
  [
    "a ledger of another version",
    ledger("version", { ...HEADER, ledger: 2 }, ""),
    "version.jsonl:1: ",
    "that this version reads",
  ],
  [
    "another file for a ledger",
    ledger("other", "# Notes", ""),
    'other.jsonl:1: this is no line of a ledger: got "# Notes"',
    "expected an object in JSON",
  ],
  [
    "a ledger damaged in the middle",
    ledger("damaged", HEADER, PUT, '{"a":1,"t', PUT, ""),
    "damaged.jsonl:3: ",
    "an object in JSON",
  ],
  ["a ledger with null", ledger("null", HEADER, "null", ""), "null.jsonl:2: ", 'got "null"'],
  ["a ledger with a hole", ledger("hole", HEADER, { ...PUT, a: 7 }, ""), "hole.jsonl:2: ", "attempt 0"],
  [
    "an outcome of nothing",
    ledger("outcome", HEADER, { o: 0, t: 2, outcome: "ok", code: 0 }, ""),
    "outcome.jsonl:2: ",
    "the outcome of an attempt before it",
  ],
  [
    "an outcome that is none",
    ledger("fine", HEADER, PUT, { o: 0, t: 2, outcome: "fine", code: 0 }, ""),
    "fine.jsonl:3: ",
  ],
  [
    "a kind of operation that is none",
    ledger("dance", HEADER, { ...PUT, kind: "dance" }, ""),
    "dance.jsonl:2: ",
    "kind and key",
  ],
  ["a key without a set", ledger("key", HEADER, { ...PUT, key: "1" }, ""), "key.jsonl:2: ", "SET/KEY"],
  [
    "a file that cannot be read",
    ["verify", "/proc/self/mem"],
    "The ledger /proc/self/mem cannot be read",
    "Expected a file",
  ],
  [
    "a ledger to count losses by that is not there",
    [...RECOVER, "--ledger", "/nope"],
    "The ledger /nope cannot be read",
    "Expected a file that stretch load or stretch run wrote",
  ],
  [
    "a ledger that would be overwritten",
    [...LOAD, "--ledger", file("there.jsonl", "")],
    "there.jsonl is there already",
    "give a file that is not",
  ],
  [
    "runs that are none",
    ["compare", folder, folder],
    `${folder} is no run's folder`,
    "expected summary.json",
  ],
  [
    "a summary cut off",
    ["compare", summary("cut-run", '{"schema":1,'), folder],
    "summary.json is no summary of a run",
    "SyntaxError",
  ],
  [
    "a summary of another version",
    ["compare", summary("next-run", '{"schema":2}'), folder],
    "summary.json is no summary of a run (schema is not as expected)",
    "this version's stretch run",
  ],
  [
    "a summary without figures",
    ["compare", summary("hollow-run", '{"schema":1}'), folder],
    "(experiment is not as expected)",
  ],
  [
    "a folder that cannot be written",
    ["render", "even-split", "--out", file("a-file", "")],
    "a-file",
    "ENOTDIR",
  ],
];

describe("the command line refuses, with exit code 2 and on standard error alone,", () => {
  test.each(ROWS)("%s", async (_, args, ...said) => {
    const { code, out, err } = await stretch(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    for (const words of said) expect(err).toContain(words);
    expectForPeople(err);
  });
});

/** No stack trace, no value of a program's, nothing that a terminal acts on, and a text that a person reads. */
function expectForPeople(err: string): void {
  expect(err).not.toMatch(/\n\s+at |\bundefined\b|\[object |NaN|TypeError/);
  // eslint-disable-next-line no-control-regex
  expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(err.length).toBeLessThan(700);
}

describe("the command line says, with exit code 1, where it can do nothing about it,", () => {
  test.each([
    ["that AWS does not answer", ["heal", "own-stack"], "stretch: eu-west-2: ", "ECONNREFUSED"],
    [
      "that AWS does not answer in a region",
      ["heal", "x", "--region", "eu-west-2"],
      "Could not be looked at: eu-west-2: ",
      "ECONNREFUSED",
    ],
    [
      "that AWS does not answer about traces",
      ["status", "--traces", "x", "--region", "eu-west-2"],
      "Could not be looked at: eu-west-2: ",
    ],
  ])("%s", async (_, args, ...said) => {
    const { code, out, err } = await stretch(args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    for (const words of said) expect(err).toContain(words);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe("cdktf.json of a project", () => {
  const project = mkdtempSync(join(folder, "project-"));
  const before = process.cwd();
  beforeAll(() => process.chdir(project));
  afterAll(() => process.chdir(before));

  const context = (value: object) => JSON.stringify({ context: value });
  test.each([
    ["cut off", '{"context": {', "cdktf.json cannot be read"],
    ["a list", "[]", "cdktf.json is []: expected an object"],
    ["with a context that is a word", '{"context": "x"}', 'context in cdktf.json is "x": expected an object'],
    ["with settings that are a word", context({ settings: "x" }), 'got "x"'],
    ["with a misspelt key", context({ setings: {} }), "settings", "Rename it in cdktf.json"],
    ["with a misspelt setting", context({ settings: { verion: "7.1.0.25" } }), "verion", "version"],
    ["with a version that is none", context({ settings: { version: "latest" } }), "version", 'got "latest"'],
    ["with a version that is a number", context({ settings: { version: 8 } }), "version", "got 8"],
    ["with a secret that is none", context({ settings: { usersSecretArn: "hunter" } }), "usersSecretArn"],
    ["with a package that is a number", context({ packageSpec: 5 }), "packageSpec", "got 5"],
    ["with a package from a folder", context({ packageSpec: "file:/tmp/x" }), "packageSpec", "file:/tmp/x"],
    ["with a registry without encryption", context({ npmRegistry: "http://npm.example/" }), "npmRegistry"],
    ["with a registry of control characters", context({ npmRegistry: "https://x/\n$(id)" }), "npmRegistry"],
  ])("is refused %s", async (_, text, ...said) => {
    writeFileSync("cdktf.json", text);
    const { code, out, err } = await stretch(["preview", "--json"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    for (const words of said) expect(err).toContain(words);
    expectForPeople(err);
  });
});

test("main.ts ends with the message alone where cdktf's context is wrong, and synthesises nothing", async () => {
  const ran = promisify(execFile)(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: root,
    env: {
      ...environment,
      CDKTF_OUTDIR: join(folder, "cdktf.out"),
      CDKTF_CONTEXT_JSON: JSON.stringify({ settings: { version: "latest" } }),
    },
    timeout: 60_000,
  });
  await expect(ran).rejects.toMatchObject({ code: 1, stdout: "" });
  const { stderr } = (await ran.catch((error: unknown) => error)) as { stderr: string };
  expect(stderr).toMatch(/^even-split\/\S*: .*version.*got "latest"/);
  expectForPeople(stderr.trimEnd());
}, 70_000);
