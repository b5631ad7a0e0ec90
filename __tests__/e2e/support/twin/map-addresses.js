// Loaded by every node of a twin's hosts: a client's first addresses are those of the cluster's hosts, and their servers listen
// on this machine. /twin/addresses.json has where, for the clients of this host. What they then learn of other nodes is right.
const { readFileSync } = require("node:fs");
const Module = require("node:module");

const load = Module._extensions[".node"];
Module._extensions[".node"] = (module, filename) => {
  load(module, filename);
  const binding = module.exports;
  if (!filename.endsWith("aerospike.node") || !binding.client) return;
  const { client } = binding;
  binding.client = (config) => {
    const addresses = JSON.parse(readFileSync("/twin/addresses.json", "utf8"));
    const mapped = (host) => addresses[host] ?? host;
    // With TLS its name stands between.
    const mappedText = (text) => {
      const [host, ...rest] = text.split(":");
      const [to, at] = mapped(`${host}:${rest.at(-1)}`).split(":");
      return [to, ...rest.slice(0, -1), at].join(":");
    };
    config.hosts =
      typeof config.hosts === "string"
        ? config.hosts.split(",").map(mappedText).join(",")
        : config.hosts.map(({ addr, port, ...rest }) => {
            const [to, at] = mapped(`${addr}:${port}`).split(":");
            return { addr: to, port: Number(at), ...rest };
          });
    return client(config);
  };
};
