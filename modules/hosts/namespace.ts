import * as v from "valibot";
import { MOST_NODES, MOST_RACK_ID, NAMESPACE_NAME, NAMESPACE_NAME_IN_WORDS } from "../../model/limits";
import type { Namespace } from "../../model/topology";
import { InputError } from "../stack/errors";
import { checked, integer, propsOf, text } from "../stack/props";

/** What a namespace may be given as. */
export const NAMESPACE = propsOf<Namespace>({
  name: text(NAMESPACE_NAME, NAMESPACE_NAME_IN_WORDS),
  replicationFactor: integer(1, MOST_NODES, "copies"),
  strongConsistency: v.boolean(),
  preferUniformBalance: v.optional(v.boolean()),
  activeRack: v.optional(integer(0, MOST_RACK_ID, "a rack's id (0: none)")),
  flushMaxMs: v.optional(integer(1, 1000, "ms")),
  commitToDevice: v.optional(v.boolean()),
  autoRevive: v.optional(v.boolean()),
  strongConsistencyAllowExpunge: v.optional(v.boolean()),
});

/**
 * Namespace settings that the server would refuse.
 * @param nodes how many nodes the roster will have
 * @throws InputError
 */
export function assertNamespace(namespace: Namespace, nodes: number): void {
  checked(NAMESPACE, namespace, "namespace");
  for (const name of ["commitToDevice", "autoRevive", "strongConsistencyAllowExpunge"] as const) {
    if (namespace[name] === true && !namespace.strongConsistency) {
      throw new InputError({
        problem: `namespace.${name} is a setting of strong consistency, which is off`,
        value: true,
        expected: "strongConsistency: true, or the setting left out",
        mend: `Leave ${name} out.`,
      });
    }
  }
  if (namespace.strongConsistency && namespace.replicationFactor > nodes) {
    throw new InputError({
      problem:
        "namespace.replicationFactor is more than the nodes of the roster, so that strong consistency could serve nothing",
      value: namespace.replicationFactor,
      expected: `at most ${nodes}`,
      mend: "Add nodes or lower the replication factor.",
    });
  }
}
