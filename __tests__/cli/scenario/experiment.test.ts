import { loadExperiment } from "../../../cli/experiment/load";
import { VirtualClock } from "../../../rehearsal/cluster/clock";
import { Cluster } from "../../../rehearsal/cluster/cluster";
import { Services } from "../../../rehearsal/service/connection";
import { scenarios } from "../../../scenarios";

// Each synthesises a stack.

describe.each(scenarios.map(({ name }) => name))("%s", (name) => {
  test("is rehearsed with the settings that its stack deploys: each line of each aerospike.conf", async () => {
    const experiment = await loadExperiment(name, {});
    const { topology } = experiment;
    const confs = experiment.confs!();
    const cluster = new Cluster(topology, new VirtualClock(), { confs });
    const services = new Services(cluster);
    cluster.start();
    for (const node of cluster.nodes) {
      const ask = (context: string) =>
        services.info(node, { address: () => "" }, `get-config:context=${context}`).split(";");
      const answered = [
        ask("service"),
        ask("network"),
        ask(`namespace;id=${topology.namespace.name}`),
      ].flat();
      const said = confs[node.id]
        .replace(/\nlogging \{[\s\S]*?\n\}/, "")
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "" && !/^#|[{}]$|^(file|device) |@PUBLIC_IPV4@/.test(line));
      expect(said.length).toBeGreaterThan(30);
      for (const line of said) {
        const [setting, ...value] = line.split(" ");
        const pair = `${setting}=${bytes(value.join(":"))}`;
        const found = answered.some((one) => one === pair || one.endsWith(`.${pair}`));
        expect({ node: node.id, line, found }).toEqual({ node: node.id, line, found: true });
      }
    }
  });
});

function bytes(value: string): string {
  const units: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
  const [, digits, unit] = /^(\d+)([KMG])$/.exec(value) ?? [];
  return unit === undefined ? value : `${Number(digits) * units[unit]}`;
}
