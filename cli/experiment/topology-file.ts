import {
  AWS_ROUND_TRIPS,
  type Fault,
  NO_FAULT,
  type SlowLink,
  type Topology,
  type TopologyNode,
} from "../../model";
import type { Story } from "../../scenarios";
import { UsageError } from "../errors";
import { slownessText } from "../report/links";
import type { Experiment } from "./experiment";
import { messagesOf } from "./schema-messages";
import { idOf } from "./ids";
import { isSlow, NUMBERS, topologyFile } from "./topology-schema";
import { readYaml } from "./yaml-file";

/**
 * A topology of one's own, in YAML or JSON.
 *
 * @throws UsageError naming file, line and field of everything that is not valid.
 */
export function loadTopologyFile(path: string): Experiment {
  const { value, complaint } = readYaml(path, "topology file", NUMBERS);
  const result = topologyFile.safeParse(value);
  if (!result.success) {
    throw new UsageError(
      result.error.issues
        .flatMap((issue) => messagesOf(issue, value))
        .map(({ path: field, message }) => complaint(field, message))
        .join("\n"),
    );
  }
  const { namespace, nodes, minClusterSize, heartbeats, serverVersion, faults, story } = result.data;
  const topology: Topology = {
    namespace,
    nodes,
    ...(minClusterSize !== undefined && { minClusterSize }),
    ...(heartbeats && { heartbeats }),
    ...(serverVersion !== undefined && { serverVersion }),
  };
  return {
    name: path,
    topology,
    roundTrips: AWS_ROUND_TRIPS,
    faults: Object.fromEntries(
      Object.entries(faults).map(([name, value]) => [
        name,
        Array.isArray(value)
          ? cut(nodes, value)
          : isSlow(value)
            ? slow(nodes, value.links)
            : {
                ...NO_FAULT,
                cannotHear: Object.fromEntries(Object.entries(value).map(([key, ids]) => [idOf(key), ids])),
              },
      ]),
    ),
    ...(story && { story: story as Story }),
    sideOf: ({ region, rack }) => region ?? `Rack ${rack}`,
  };
}

/** Slow links, node ids among their ends as ids are. */
function slow(nodes: readonly TopologyNode[], given: readonly SlowLink[]): Fault {
  const end = (written: string) => (nodes.some(({ region }) => region === written) ? written : idOf(written));
  const links = given.map(({ between: [a, b], ...rest }) => ({
    ...rest,
    between: [end(a), end(b)] as const,
  }));
  return {
    ...NO_FAULT,
    links,
    notes: links.map((link) => `Packets between ${link.between.join(" and ")}: ${slownessText(link)}`),
  };
}

/** A cut into sub-clusters; nodes in none of them are down and hear nobody, themselves included. */
function cut(nodes: readonly TopologyNode[], clusters: readonly (readonly string[])[]): Fault {
  const ids = nodes.map(({ id }) => id);
  const cannotHear = Object.fromEntries(
    ids.map((id) => {
      const own = clusters.find((members) => members.includes(id)) ?? [];
      return [id, ids.filter((other) => !own.includes(other))];
    }),
  );
  return { ...NO_FAULT, cannotHear };
}
