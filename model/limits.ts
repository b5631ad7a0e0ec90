/** Nodes that one Aerospike cluster can have (AS_CLUSTER_SZ). */
export const MOST_NODES = 256;

/** Largest rack id (configuration reference, `rack-id`). */
export const MOST_RACK_ID = 1_000_000;

/** A namespace's name: as_namespace_create and the info protocol's separators; an unset value is written `null`. */
export const NAMESPACE_NAME = /^(?!null$)[A-Za-z0-9_-]{1,31}$/;

/** {@link NAMESPACE_NAME} in words. */
export const NAMESPACE_NAME_IN_WORDS = 'letters, digits, "-" and "_", at most 31 of them, and not "null"';
