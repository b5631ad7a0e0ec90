import type { NodeAddresses } from "../../rehearsal";
import type { Namespace } from "../../model";
import { LoaderProcess } from "../load/loader-process";
import type { LoaderTask } from "./driver";

/** Starts a loader at a place: it gets the addresses of the place's own nodes, as the clients there know them. */
export function loaderAt(
  place: string,
  nodes: readonly NodeAddresses[],
  { name, strongConsistency }: Namespace,
  task: LoaderTask,
): LoaderProcess {
  const hosts = nodes
    .filter(({ region }) => region === place)
    .map(({ addresses }) => addresses[place])
    .join(",");
  return new LoaderProcess({ ...task, hosts, namespace: name, strongConsistency, place });
}

/** The nodes of a rehearsal cluster as a driver knows them. */
export function drivenNodes(nodes: readonly NodeAddresses[]) {
  return nodes.map(({ id, rack, region, ownAddress }) => ({ id, rack, region, address: ownAddress }));
}
