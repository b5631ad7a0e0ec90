import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostProgramOptions } from "./host/program";
import type { ResultsPlace } from "./results";

/** Beside lab/ in the sources and beside the compiled lab/ in the package. */
const TEMPLATES = join(__dirname, "..", "..", "templates");
/** Folder of the lab on a host. */
const FOLDER = "/var/lib/stretch/lab";
const RECORDER = "stretch-recorder";
const CLIENTS = "stretch-lab-clients";

/** A recorder on a database host. */
export interface Recording {
  readonly node: string;
  /** What the names of its objects begin with: `.latest` and `.gz` follow. */
  readonly object: string;
}

/** A shell word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const script = (...lines: readonly string[]) => ["#!/bin/bash", "set -eu", ...lines].join("\n");

/** Writes a script of templates/ on the host. */
function written(template: string, path: string): string {
  // A checkout may have the line ends of Windows, which no shell of a host takes.
  const text = readFileSync(join(TEMPLATES, template), "utf8").replaceAll("\r\n", "\n");
  return `install -d -m 700 ${FOLDER}\ncat >${path} <<'END-OF-SCRIPT'\n${text}END-OF-SCRIPT`;
}

/** Starts a program as a unit of its own, in place of one that an earlier run left. */
function started(unit: string, properties: string, command: string): string {
  return `systemctl stop ${unit}.service 2>/dev/null || true\nsystemd-run --unit=${unit} --collect ${properties} ${command}`;
}

/** What hosts say of the clients of their cluster: whether these log in, and go by which TLS name. */
const ACCESS = [
  // A database host has the operator's secret, a client host the loader's.
  '[[ -z ${OPERATOR_SECRET_ARN:-}${LOADER_SECRET_ARN:-} ]] || echo "login yes"',
  '[[ -z ${TLS_NAME:-} ]] || echo "tls $TLS_NAME"',
];

/**
 * Starts the recorder on a database host; a client host tells what it is. Both tell their clock, and how clients of the cluster
 * reach it. The same script goes to all hosts of a region.
 */
export function prepareScript(
  recordings: readonly Recording[],
  namespace: string,
  { bucket, region }: ResultsPlace,
  seconds: number,
): string {
  const path = `${FOLDER}/recorder`;
  return script(
    ". /etc/stretch/host.env",
    ...ACCESS,
    "if [[ -e /opt/stretch/bin/asinfo ]]; then",
    'case "$NODE_ID" in',
    ...recordings.map(({ node, object }) => `${node}) object=${quoted(`s3://${bucket}/${object}`)} ;;`),
    `*) echo "node $NODE_ID is not of this cluster" >&2; exit 1 ;;`,
    "esac",
    written("recorder.sh", path),
    started(
      RECORDER,
      // Its end is told to the script alone: a tool of its that is ended in its midst would end it before it puts its samples.
      `--property=RuntimeMaxSec=${seconds + 120} --property=Nice=19 --property=KillMode=mixed`,
      `bash ${path} "$(($(date +%s) + ${seconds}))" ${quoted(namespace)} "$object" ${quoted(region)}`,
    ),
    "else",
    'echo "machine $(uname -m)"',
    `echo "abi $(node -p process.versions.modules 2>/dev/null || echo none)"`,
    "fi",
    "chronyc tracking",
  );
}

/** Starts the loaders' program on the client hosts of a region. */
export function clientsScript(
  hosts: readonly { readonly instanceId: string; readonly prefix: string }[],
  sha256: string,
  bundleObject: (prefix: string) => string,
  runPrefix: (prefix: string) => string,
  place: ResultsPlace,
  seconds: number,
): string {
  const path = `${FOLDER}/clients`;
  const folder = `${FOLDER}/${sha256}`;
  const options = (prefix: string): HostProgramOptions => ({ ...place, prefix: runPrefix(prefix), seconds });
  return script(
    ". /etc/stretch/host.env",
    'case "${RESULTS_PREFIX:-}" in',
    ...hosts.map(
      ({ prefix }) =>
        `${quoted(prefix)}) object=${quoted(`s3://${place.bucket}/${bundleObject(prefix)}`)} options=${quoted(JSON.stringify(options(prefix)))} ;;`,
    ),
    `*) echo "this host has no prefix in the results bucket" >&2; exit 1 ;;`,
    "esac",
    `if [[ ! -e ${folder}/whole ]]; then`,
    `rm -rf ${folder}`,
    `install -d -m 700 ${FOLDER} ${folder}`,
    `timeout 300 aws s3 cp --only-show-errors --region ${quoted(place.region)} "$object" ${folder}/bundle.tar.gz`,
    `echo "${sha256}  ${folder}/bundle.tar.gz" | sha256sum --check --status || { echo "the checksum of $object is not ${sha256}" >&2; exit 1; }`,
    `tar --extract --gzip --file ${folder}/bundle.tar.gz --directory ${folder}`,
    // A library that the client's binding needs may be missing, or older: Enterprise Linux 8 has glibc 2.28.
    `node -e 'try { require(process.argv[1]) } catch (error) { console.error(error.message); process.exit(1) }' ${folder}/node_modules/aerospike || { echo "the database client does not load on this host" >&2; exit 1; }`,
    `touch ${folder}/whole`,
    "fi",
    written("lab-clients.sh", path),
    `bash ${path} ${folder}`,
    started(CLIENTS, `--property=RuntimeMaxSec=${seconds + 120}`, `bash ${path} ${folder} "$options"`),
  );
}

/** Ends the recorder, which puts its samples first. */
export const STOP_RECORDER = script(`systemctl stop ${RECORDER}.service`);

/** Ends the loaders' program, which puts their ledgers first. */
export const STOP_CLIENTS = script(`systemctl stop ${CLIENTS}.service`);

/** Asks the server of a host info commands; a line each. */
export function askScript(commands: readonly string[]): string {
  const asked = commands.map(
    (command) =>
      `answer=$(/opt/stretch/bin/asinfo -v ${quoted(command)} 2>&1 | grep . | tail -n 1)\necho "\${answer:-${NO_ANSWER}}"`,
  );
  return ["#!/bin/bash", ...asked].join("\n");
}

/** What {@link askScript} prints where the server says nothing. */
export const NO_ANSWER = "NO-ANSWER";

/** Stops and starts the server of a host. */
export const SERVER = {
  clean: script("systemctl stop aerospike"),
  unclean: script("systemctl kill --signal=KILL aerospike || true", "systemctl stop aerospike"),
  start: script("systemctl start aerospike"),
} as const;
