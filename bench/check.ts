/**
 * `stretch check` of a plan with 1,000 instances in 10 peered VPCs, of which 240 are a cluster's nodes: seconds from the file
 * to the verdict, as the command takes them. The bound is 5 s.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const [VPCS, INSTANCES, NODES, SUBNETS] = [10, 1000, 240, 3];
const RUNS = 3;
const BOUND_S = 5;

interface Made {
  readonly type: string;
  readonly name: string;
  readonly index?: number;
  readonly values: Record<string, unknown>;
  readonly refs: Record<string, readonly string[]>;
}

function plan(): { shown: object; addresses: string[] } {
  const made: Made[] = [];
  const addresses: string[] = [];
  const add = (
    type: string,
    name: string,
    values: Record<string, unknown>,
    refs: Made["refs"] = {},
    index?: number,
  ) => made.push({ type, name, values, refs, ...(index !== undefined && { index }) });
  for (let v = 0; v < VPCS; v++) {
    const vpc = { vpc_id: [`aws_vpc.v${v}.id`, `aws_vpc.v${v}`] };
    add("aws_vpc", `v${v}`, { cidr_block: `10.${v}.0.0/16` });
    add("aws_route_table", `v${v}`, {}, vpc);
    add("aws_security_group", `v${v}`, {}, vpc);
    const group = { security_group_id: [`aws_security_group.v${v}.id`] };
    const ports = { ip_protocol: "tcp", from_port: 3000, to_port: 3003 };
    add("aws_vpc_security_group_egress_rule", `v${v}`, { cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" }, group);
    for (let s = 0; s < SUBNETS; s++) {
      add("aws_subnet", `v${v}`, { cidr_block: `10.${v}.${s * 16}.0/20` }, vpc, s);
      add(
        "aws_route_table_association",
        `v${v}`,
        {},
        { subnet_id: [`aws_subnet.v${v}`, "count.index"], route_table_id: [`aws_route_table.v${v}.id`] },
        s,
      );
    }
    for (let other = 0; other < VPCS; other++) {
      add(
        "aws_vpc_security_group_ingress_rule",
        `v${v}x${other}`,
        { cidr_ipv4: `10.${other}.0.0/16`, ...ports },
        group,
      );
      if (other === v) continue;
      const peering = `aws_vpc_peering_connection.p${Math.min(v, other)}x${Math.max(v, other)}`;
      add(
        "aws_route",
        `v${v}x${other}`,
        { destination_cidr_block: `10.${other}.0.0/16` },
        { route_table_id: [`aws_route_table.v${v}.id`], vpc_peering_connection_id: [`${peering}.id`] },
      );
      if (v < other) {
        add(
          "aws_vpc_peering_connection",
          `p${v}x${other}`,
          { auto_accept: true },
          { vpc_id: [`aws_vpc.v${v}.id`], peer_vpc_id: [`aws_vpc.v${other}.id`] },
        );
      }
    }
    for (let i = 0; i < INSTANCES / VPCS; i++) {
      const address = `10.${v}.${(i % SUBNETS) * 16}.${10 + i}`;
      if (i < NODES / VPCS) addresses.push(address);
      add(
        "aws_instance",
        `v${v}`,
        { private_ip: address },
        { subnet_id: [`aws_subnet.v${v}`], vpc_security_group_ids: [`aws_security_group.v${v}.id`] },
        i,
      );
    }
  }
  const expressions = ({ values, refs }: Made) => ({
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { constant_value: value }])),
    ...Object.fromEntries(Object.entries(refs).map(([name, references]) => [name, { references }])),
  });
  const shown = {
    format_version: "1.2",
    planned_values: {
      root_module: {
        resources: made.map(({ type, name, index, values }) => ({
          address: `${type}.${name}${index === undefined ? "" : `[${index}]`}`,
          mode: "managed",
          type,
          name,
          index,
          values,
        })),
      },
    },
    configuration: {
      root_module: {
        resources: [...new Map(made.map((each) => [`${each.type}.${each.name}`, each]))].map(
          ([address, each]) => ({
            address,
            expressions: expressions(each),
          }),
        ),
      },
    },
  };
  return { shown, addresses };
}

const dir = mkdtempSync(path.join(tmpdir(), "stretch-bench-"));
try {
  const { shown, addresses } = plan();
  const [planFile, topologyFile] = ["plan.json", "topology.json"].map((name) => path.join(dir, name));
  writeFileSync(planFile, JSON.stringify(shown));
  const nodes = addresses.map((address, i) => ({
    id: (i + 1).toString(16).toUpperCase(),
    rack: Number(address.split(".")[1]) + 1,
    address,
  }));
  const namespace = { name: "mydata", replicationFactor: 2, strongConsistency: true };
  writeFileSync(topologyFile, JSON.stringify({ namespace, nodes }));
  const cli = path.join(__dirname, "../cli/cli.ts");
  const args = ["--import", "tsx", cli, "check", "--plan", planFile, "--topology", topologyFile];
  const times = Array.from({ length: RUNS }, () => {
    const begin = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stdout + stderr);
    return (performance.now() - begin) / 1000;
  });
  const best = Math.min(...times);
  console.log(
    `check of ${INSTANCES} instances in ${VPCS} VPCs, ${NODES} of them nodes: ${best.toFixed(2)} s (bound ${BOUND_S} s)`,
  );
  if (best > BOUND_S) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
