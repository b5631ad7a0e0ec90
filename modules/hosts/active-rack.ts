import { isBefore, type Namespace } from "../../model";
import { InputError } from "../stack/errors";

/**
 * An active rack that the server would refuse, or that would have no effect (configuration reference, `active-rack`).
 *
 * @param racks rack of each node of the roster
 * @param server its version
 * @throws InputError
 */
export function assertActiveRack(
  { activeRack, replicationFactor }: Namespace,
  racks: readonly number[],
  server: string,
): void {
  if (activeRack === undefined) return;
  const distinct = [...new Set(racks)];
  if (activeRack === 0) {
    if (!distinct.includes(0)) return;
    throw new InputError({
      problem: "namespace.activeRack is 0, which turns it off: rack 0 cannot be the active one",
      value: activeRack,
      expected: "the id of a rack, 1 or more",
      mend: "Give the nodes of rack 0 a rack id that no rack has (no data moves by that), or leave activeRack out.",
    });
  }
  if (!distinct.includes(activeRack)) {
    throw new InputError({
      problem: "namespace.activeRack is a rack that no node is in",
      value: activeRack,
      expected: `one of ${distinct.filter((rack) => rack !== 0).join(", ")}`,
      mend: "Name one of these, or leave it out.",
    });
  }
  if (isBefore(server, "7.2")) {
    throw new InputError({
      problem: "namespace.activeRack needs a server that knows it",
      value: `server ${server}`,
      expected: "7.2 or later",
      mend: "Leave settings.version out or give a later one, or leave activeRack out.",
    });
  }
  if (distinct.length > replicationFactor) {
    throw new InputError({
      problem: "namespace.activeRack would have no effect: there are more racks than copies",
      value: `${distinct.length} racks (${distinct.join(", ")}), replicationFactor ${replicationFactor}`,
      expected: "no more racks than copies; the rack of a quiesced tie-breaker counts",
      mend: "Raise replicationFactor, put nodes into fewer racks, or leave activeRack out.",
    });
  }
}
