import type { Topology } from "../../../model";
import { decodeInfoResponse, encodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import { FrameReader } from "../../../rehearsal/wire/frame";
import { EVEN, Run } from "../support/clusters";

/** Asks the first node of a cluster of servers of a version. */
function asker(version: string | undefined, of: Topology = EVEN): (command: string) => string {
  const run = new Run({ ...of, ...(version !== undefined && { serverVersion: version }) });
  const answers: string[] = [];
  const reader = new FrameReader();
  const connection = run.services.connect(
    run.cluster.nodes[0],
    { address: () => "127.0.0.1:3000" },
    {
      send: (bytes) =>
        answers.push(...reader.push(bytes).flatMap(({ body }) => decodeInfoResponse(body)[0].answer)),
      reset: () => {},
    },
  );
  return (command) => {
    connection.receive(encodeInfoRequest([command]));
    return answers.pop()!;
  };
}

const named = (pairs: string) => new Set(pairs.split(";").map((pair) => pair.split("=")[0]));

/**
 * What came (+) and went (-) with each server, by the names in the public source of its first and its last release (info and
 * configuration, git tags 7.1.0.0, 7.2.0.1, 8.0.0.1, 8.1.0.0, 8.1.2.0).
 */
const CHANGES: readonly (readonly [before: string, version: string, Readonly<Record<string, string>>])[] = [
  [
    "7.1.0.0",
    "7.2.0.20",
    {
      statistics: "-early_tsvc_batch_sub_error -early_tsvc_udf_sub_error -early_tsvc_ops_sub_error",
      "namespace/mydata":
        "+effective_active_rack +active-rack -evict-sys-memory-pct +nsup_xdr_key_busy +fail_xdr_key_busy -retransmit_all_batch_sub_dup_res " +
        "+retransmit_all_batch_sub_read_dup_res +retransmit_all_batch_sub_write_dup_res +retransmit_all_batch_sub_delete_dup_res " +
        "+retransmit_all_batch_sub_udf_dup_res +retransmit_all_read_repl_ping +retransmit_all_batch_sub_read_repl_ping " +
        "+retransmit_all_batch_sub_write_repl_write +retransmit_all_batch_sub_delete_repl_write +retransmit_all_batch_sub_udf_repl_write",
    },
  ],
  [
    "7.2.0.20",
    "8.0.0.18",
    {
      "namespace/mydata":
        "+mrt_provisionals +mrt_monitors_active +migrate_records_unreadable +mrt_verify_read_success +mrt_verify_read_error " +
        "+mrt_verify_read_timeout +mrt_roll_forward_success +mrt_roll_forward_error +mrt_roll_forward_timeout " +
        "+mrt_monitor_roll_forward_success +mrt_monitor_roll_forward_error +mrt_monitor_roll_forward_timeout " +
        "+mrt_roll_back_success +mrt_roll_back_error +mrt_roll_back_timeout +mrt_monitor_roll_back_success " +
        "+mrt_monitor_roll_back_error +mrt_monitor_roll_back_timeout +fail_mrt_blocked +fail_mrt_version_mismatch " +
        "+mrt_monitor_roll_tombstone_creates +disable-mrt-writes +migrate-skip-unreadable +mrt-duration",
    },
  ],
  [
    "8.0.0.18",
    "8.1.0.0",
    {
      statistics:
        "+admin_connections +admin_connections_opened +admin_connections_closed +deprecated_requests",
      "namespace/mydata":
        "+mrt_monitors +ttl_reductions_ignored +ttl_reductions_applied +apply-ttl-reductions",
      "get-config:context=network":
        "-info.port +admin.port +admin.tls-port +admin.tls-name +admin.disable-localhost",
    },
  ],
  [
    "8.1.0.0",
    "8.1.2.5",
    {
      statistics: "+host_free_mem_kbytes +host_free_mem_pct",
      "namespace/mydata": "+tomb-raider-unmark-threads",
      "get-config:context=service": "+cgroup-mem-tracking",
    },
  ],
];

describe("a node of each server version", () => {
  test("is of the default one where the topology does not say", () => {
    const ask = asker(undefined);
    expect(ask("build")).toBe("8.1.2.5");
    expect(ask("version")).toContain("build 8.1.2.5 ");
  });

  test.each(["7.1.0.0", "7.1.0.25", "7.2.0.20", "8.0.0.18", "8.1.2.5"])("says its build: %s", (version) => {
    expect(asker(version)("build")).toBe(version);
  });

  test.each(CHANGES)("from %s to %s has what changed, and nothing else", (before, version, changes) => {
    const [old, now] = [asker(before), asker(version)];
    for (const command of [
      "statistics",
      "namespace/mydata",
      "get-config:context=service",
      "get-config:context=network",
    ]) {
      const [had, has] = [named(old(command)), named(now(command))];
      const changed = [
        ...[...has].filter((name) => !had.has(name)).map((name) => `+${name}`),
        ...[...had].filter((name) => !has.has(name)).map((name) => `-${name}`),
      ];
      expect([command, changed.sort()]).toEqual([
        command,
        (changes[command] ?? "").split(" ").filter(Boolean).sort(),
      ]);
    }
  });

  test.each([
    ["7.1.0.25", "13"],
    ["7.2.0.20", "15"],
    ["8.1.2.5", "15"],
  ])("of %s has the compatibility id %s", (version, id) => {
    const ask = asker(version);
    expect(ask("compatibility-id")).toBe(id);
    expect(ask("statistics")).toContain(`cluster_min_compatibility_id=${id};`);
  });

  test.each([
    ["7.1.0.25", "ERROR::permanently-quiesced", "ERROR::cluster-not-specified-size", "error"],
    [
      "7.2.0.20",
      "ERROR:22:permanently quiesced",
      "ERROR:7:cluster not specified size",
      "ERROR:4:invalid set-config parameter",
    ],
    [
      "8.1.2.5",
      "ERROR:22:permanently quiesced",
      "ERROR:7:cluster not specified size",
      "ERROR:4:invalid set-config parameter",
    ],
  ])("of %s refuses in its own words", (version, quiesced, size, setting) => {
    const [first, ...others] = EVEN.nodes;
    const ask = asker(version, { ...EVEN, nodes: [{ ...first, quiesced: true }, ...others] });
    expect(ask("quiesce:")).toBe(quiesced);
    expect(ask("quiesce-undo:")).toBe("ignored-permanently-quiesced");
    expect(ask("recluster:")).toBe("ignored-by-non-principal");
    expect(ask("cluster-stable:size=7")).toBe(size);
    expect(ask("set-config:context=namespace;namespace=mydata;no-such=1")).toBe(setting);
  });

  test.each(["8.1.2.5", "7.1.0.25"])("of %s knows neither other namespaces nor contexts", (version) => {
    const ask = asker(version);
    const answers = [
      "cluster-stable:namespace=nope",
      "get-config:context=namespace;namespace=nope",
      "get-config:context=nope",
      "set-config:context=namespace;namespace=nope;rack-id=1",
      "set-config:context=nope;rack-id=1",
    ].map(ask);
    const not = "ERROR:20:namespace not found on node";
    expect(answers).toEqual(
      version === "8.1.2.5"
        ? [not, not, "ERROR:4:invalid context", not, "ERROR:4:invalid context"]
        : [
            "ERROR::unknown-namespace",
            "ERROR::namespace not found",
            "ERROR::invalid context",
            "error",
            "error",
          ],
    );
  });

  test("lets change only what it has", () => {
    const set = (version: string, setting: string) =>
      asker(version)(`set-config:context=namespace;namespace=mydata;${setting}`);
    expect(set("7.1.0.0", "evict-sys-memory-pct=40")).toBe("ok");
    expect(set("7.1.0.25", "evict-sys-memory-pct=40")).toBe("error");
    expect(set("8.1.2.5", "evict-sys-memory-pct=40")).toBe("ERROR:4:invalid set-config parameter");
    expect(set("7.1.0.25", "active-rack=32")).toBe("error");
    expect(set("7.2.0.20", "active-rack=32")).toBe("ok");
  });

  test("knows what its clients may ask: user-agent-set from 8.1, release from 8.1.1", () => {
    const user = "user-agent-set:value=MSxub2RlLTYuNy4xLHRlc3Q=";
    const unknown = "ERROR:4:unrecognized command";
    expect(["8.0.0.18", "8.1.0.0"].map((version) => asker(version)(user))).toEqual([unknown, "ok"]);
    expect(asker("8.1.0.0")("release")).toBe(unknown);
    expect(asker("8.1.2.5")("release")).toContain("version=8.1.2.5;");
  });
});
