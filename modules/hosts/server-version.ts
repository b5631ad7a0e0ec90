/** Tools packed with a server version, from the names of Aerospike's published packages. */
export const TOOLS: Readonly<Record<string, string>> = {
  "7.1.0.0": "11.0.0",
  "7.1.0.5": "11.0.2",
  "7.1.0.25": "13.0.1",
  "7.2.0.20": "13.0.1",
  "8.0.0.18": "13.0.1",
  "8.1.2.3": "13.0.1",
  "8.1.2.4": "13.0.2",
  "8.1.2.5": "13.0.3",
};

/**
 * The first server that ignores `evict-sys-memory-pct`; from 7.2 on its presence keeps a server from starting (public
 * source, cfg.c).
 */
export const IGNORES_EVICT_SYS_MEMORY = "7.1.0.3";
