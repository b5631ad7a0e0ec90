import type { NodeAddresses } from "../../rehearsal";
import type { Namespace, StopKind } from "../../model";
import { LoaderProcess } from "../load/loader-process";
import { ObserverProcess } from "../observe/observer-process";
import type { Sample } from "../observe/samples";
import type { LoaderTask } from "./driver";

/** Seconds in which the heal of a rehearsal cluster has to show. */
export const HEAL_SECONDS = 60;
/** A rehearsal cluster can stop nodes in every way. */
export const STOP_KINDS: readonly StopKind[] = ["clean", "reboot", "unclean", "empty"];

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

/** Looks at the nodes of a rehearsal cluster, ten times a second. */
export function observerOf(
  nodes: readonly NodeAddresses[],
  { name }: Namespace,
  path: string,
  onSample: (sample: Sample) => void,
): ObserverProcess {
  const observer = new ObserverProcess(
    { nodes: nodes.map(({ id, ownAddress }) => ({ id, address: ownAddress })), namespace: name, path },
    onSample,
  );
  observer.fast();
  return observer;
}
