import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import type { HostFile } from "../../modules";
import { UsageError } from "../errors";
import type { Stack, StackCluster } from "./stack";
import { synthesisedJson } from "./synthesised-json";

/** Where a host's aerospike.conf is: every boot completes it. */
export const AEROSPIKE_CONF = "/etc/stretch/aerospike.conf";

/** A host with what lands on it; what only Terraform knows stands there as its expression. */
export interface RenderedHost {
  /** A node's id, or a client host's name. */
  readonly name: string;
  readonly files: readonly HostFile[];
  readonly userData: string;
}

/**
 * What lands on every host of a stack, read from the user data of its instances.
 *
 * @throws UsageError where the stack is HCL, or two hosts have one name
 */
export function hostsOf(stack: Stack): RenderedHost[] {
  const { clusters, clients } = stack.metadata;
  return rendered(stack, [...clusters.flatMap(({ hosts }) => hosts), ...clients]);
}

/** The text of aerospike.conf of each node of a cluster, by its id. */
export function confsOf(stack: Stack, { hosts }: StackCluster): Record<string, string> {
  return Object.fromEntries(
    rendered(stack, hosts).map(({ name, files }) => [
      name,
      files.find(({ path }) => path === AEROSPIKE_CONF)!.content,
    ]),
  );
}

function rendered(
  stack: Stack,
  hosts: readonly { readonly name: string; readonly address: string }[],
): RenderedHost[] {
  const { resource = {} } = synthesisedJson(stack);
  return hosts.map(({ name, address }) => {
    const [type, id] = address.split(".");
    const userData = decoded(resource[type][id].user_data_base64);
    const { write_files } = parse(userData) as {
      write_files: { path: string; permissions: string; content: string }[];
    };
    return {
      name,
      userData,
      files: write_files.map(({ path, permissions: mode, content }) => ({ path, mode, content })),
    };
  });
}

/** A value that Terraform puts into user data: where it stands in the text, and its expression. */
const VALUE = /, "@TERRAFORM_(\d+)@", (.+?)\)(?=, "@TERRAFORM_|\)*\}$)/g;

/** User data as text: base64, compressed or not; or Terraform's expression that puts values in and encodes. */
function decoded(encoded: string): string {
  const [, literal] = /base64decode\("([A-Za-z0-9+/=]+)"\)/.exec(encoded) ?? [];
  if (literal === undefined) {
    const bytes = Buffer.from(encoded, "base64");
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  }
  const text = Buffer.from(literal, "base64").toString("utf8");
  return [...encoded.matchAll(VALUE)].reduce(
    (filled, [, index, expression]) => filled.replaceAll(`@TERRAFORM_${index}@`, `\${${expression}}`),
    text,
  );
}

/**
 * Hosts of the cluster of a name among them, or all.
 *
 * @throws UsageError where none has the name
 */
export function chosen(hosts: readonly RenderedHost[], node?: string): readonly RenderedHost[] {
  if (node === undefined) return hosts;
  const found = hosts.filter(({ name }) => name.toLowerCase() === node.toLowerCase());
  if (found.length > 0) return found;
  throw new UsageError(
    `There is no host "${node}": expected one of ${hosts.map(({ name }) => name).join(", ")}.`,
  );
}
