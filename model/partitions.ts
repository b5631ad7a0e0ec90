/** Partitions of every namespace: fixed by the server. */
export const PARTITIONS = 4096;
