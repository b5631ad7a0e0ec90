import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { TopologyNode } from "../../model";
import { UsageError } from "../errors";
import { fieldName } from "../experiment/field";
import { messagesOf } from "../experiment/schema-messages";
import type { Gathered } from "./gathered";
import { namespaceAmong, oneCluster, type Part } from "./one-cluster";
import { heartbeatsBy, namespaceBy, type Setting, staysQuiesced } from "./settings";

/** Versions of the custom resource whose fields are known here. */
const VERSIONS = ["asdb.aerospike.com/v1", "asdb.aerospike.com/v1beta1"];

const config = z.looseObject({
  service: z.looseObject({}).optional(),
  network: z.looseObject({}).optional(),
  namespaces: z.array(z.looseObject({ name: z.string() })).optional(),
});

const cluster = z.looseObject({
  metadata: z.looseObject({ name: z.string({ error: "expected a name" }) }),
  spec: z.looseObject({
    size: z.int({ error: "expected a whole number of nodes" }).min(1, "expected 1 or more"),
    aerospikeConfig: config,
    rackConfig: z
      .looseObject({
        racks: z
          .array(
            z.looseObject({
              id: z.int({ error: "expected a rack id" }).min(0, "expected a rack id"),
              region: z.string().optional(),
              zone: z.string().optional(),
              aerospikeConfig: config.optional(),
            }),
          )
          .optional(),
      })
      .optional(),
  }),
});

type Cluster = z.infer<typeof cluster>;

/**
 * The cluster of AerospikeCluster custom resources, as the operator makes it: several of them, in one file or several, are one
 * stretched cluster.
 *
 * @throws UsageError for a file that cannot be read or has none, a version that is not known, and where resources differ
 */
export function kubernetesTopology(paths: readonly string[], namespace?: string): Gathered {
  const parts = paths.flatMap((path) =>
    resourcesOf(path).map(([from, resource]) => partOf(from, resource, namespace)),
  );
  return {
    topology: oneCluster(parts),
    source: paths.join(", "),
    notes: [
      "Node ids are those that the operator gives (rack id, A, ordinal). The roster is taken to be all nodes.",
      ...(parts.some(({ nodes }) => nodes.some(({ region }) => region === undefined))
        ? ["Racks without region: add region to their nodes."]
        : []),
    ],
  };
}

function resourcesOf(path: string): [from: string, resource: Cluster][] {
  let documents: Record<string, unknown>[];
  try {
    documents = parseAllDocuments(readFileSync(path, "utf8")).map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS();
    });
  } catch (error) {
    throw new UsageError(`${path} cannot be read as YAML: ${(error as Error).message}`);
  }
  const own = documents.filter((document) => document?.kind === "AerospikeCluster");
  if (own.length === 0) {
    throw new UsageError(
      `${path} has no resource of kind AerospikeCluster: expected the operator's custom resource.`,
    );
  }
  return own.map((document) => {
    if (!VERSIONS.includes(String(document.apiVersion))) {
      throw new UsageError(
        `${path} has an AerospikeCluster of the version "${String(document.apiVersion)}": expected one of ${VERSIONS.join(", ")}.`,
      );
    }
    const result = cluster.safeParse(document);
    if (!result.success) {
      const [{ path: field, message }] = messagesOf(result.error.issues[0], document);
      throw new UsageError(`${path}: ${fieldName(field)}: ${message}.`);
    }
    return [`${path} (${result.data.metadata.name})`, result.data];
  });
}

function partOf(from: string, { spec }: Cluster, wanted: string | undefined): Part {
  const { aerospikeConfig, size } = spec;
  const all = aerospikeConfig.namespaces ?? [];
  const name = namespaceAmong(
    from,
    all.map((one) => one.name),
    wanted,
  );
  const own = all.find((one) => one.name === name)!;
  const racks = spec.rackConfig?.racks ?? [{ id: Number(settingIn(own)("rack-id") ?? 0) }];
  const heartbeats = heartbeatsBy(settingIn(aerospikeConfig.network));
  const least = settingIn(aerospikeConfig.service)("min-cluster-size");
  return {
    from,
    namespace: namespaceBy(name, settingIn(own)),
    // The operator spreads the pods evenly, the first racks having one more.
    nodes: racks.flatMap((rack, i): TopologyNode[] => {
      const pods = Math.floor(size / racks.length) + (i < size % racks.length ? 1 : 0);
      const { region, aerospikeConfig: override } = rack as {
        region?: string;
        aerospikeConfig?: z.infer<typeof config>;
      };
      const quiesced = staysQuiesced(settingIn(override?.service ?? aerospikeConfig.service));
      return Array.from({ length: pods }, (_, ordinal) => ({
        id: `${rack.id === 0 ? "" : rack.id}A${ordinal}`,
        rack: rack.id,
        ...(region !== undefined && { region }),
        ...(quiesced && { quiesced: true }),
      }));
    }),
    ...(least !== undefined && { minClusterSize: Number(least) }),
    ...(heartbeats && { heartbeats }),
  };
}

/** Settings of a part of an aerospikeConfig, those of its parts with their name before them. */
function settingIn(part: Readonly<Record<string, unknown>> = {}): Setting {
  return (name) => {
    const value = name
      .split(".")
      .reduce<unknown>(
        (at, key) =>
          typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
        part,
      );
    return value === undefined ? undefined : String(value);
  };
}
