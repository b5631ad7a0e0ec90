import type { ConnectOptions } from "./options";

/** What the `aerospike` client is told of a cluster's servers: addresses, who logs in, and TLS. */
export function clientConfig(hosts: string, { user, password, tls, alternate }: ConnectOptions) {
  return {
    // With TLS `host:NAME:port`.
    hosts: tls ? hosts.replaceAll(/:(\d+)(?=,|$)/g, `:${tls.name}:$1`) : hosts,
    ...(user !== undefined && { user, password }),
    ...(tls && {
      tls: {
        enable: true,
        cafile: tls.caFile,
        ...(tls.certFile !== undefined && { certfile: tls.certFile }),
        ...(tls.keyFile !== undefined && { keyfile: tls.keyFile }),
      },
    }),
    ...(alternate && { useAlternateAccessAddress: true }),
  };
}
