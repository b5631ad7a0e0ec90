import { EVEN, EVEN_AP, idsIn, LONDON, ODD, PARIS, Run, split } from "../support/clusters";

describe("info commands as an Enterprise server answers them", () => {
  const run = new Run(EVEN);
  const client = run.client(LONDON);
  const ask = (command: string, id = "A352") => client.info(id, command)!;

  test("racks, from the roster, with the keys that asadm prefers", () => {
    const text =
      "rack_32=A600,A352,A129:rack_33=A882,A517,A70:roster_rack_32=A600,A352,A129:roster_rack_33=A882,A517,A70";
    for (const command of ["racks:", "racks"]) expect(ask(command)).toBe(`ns=mydata:${text}`);
    expect(ask("racks:namespace=mydata")).toBe(text);
    expect(ask("rack-ids")).toBe("mydata:32");
    expect(ask("rack-ids", "A70")).toBe("mydata:33");
  });

  test("roster, with and without its namespace", () => {
    const all = "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33";
    const text = `roster=${all}:pending_roster=${all}:observed_nodes=${all}`;
    expect(ask("roster:")).toBe(`ns=mydata:${text}`);
    expect(ask("roster:namespace=mydata")).toBe(text);
  });

  test("fails with a true error on a wrong namespace, a wrong list, an unknown command, a setting that cannot be set", () => {
    for (const command of [
      "roster:namespace=nope",
      "racks:namespace=nope",
      "roster-set:namespace=nope;nodes=A352",
      "roster-set:namespace=mydata;nodes=A352@32,A352@33",
      "roster-set:namespace=mydata;nodes=not-hex",
      "roster-set:namespace=mydata;nodes=",
      "revive:namespace=nope",
      "constructor",
      "toString:",
      "namespace/mydata/x",
    ]) {
      expect({ command, answer: ask(command) }).toEqual({
        command,
        answer: expect.stringMatching(/^ERROR:(4|20):./),
      });
    }
    for (const command of [
      "set-config:context=namespace;id=mydata;rack-id=-1",
      "set-config:context=namespace;id=mydata;rack-id=1000001",
      "set-config:context=namespace;id=mydata;replication-factor=1",
      "set-config:context=service;migrate-threads=2",
    ]) {
      expect({ command, answer: ask(command) }).toEqual({
        command,
        answer: "ERROR:4:invalid set-config parameter",
      });
    }
  });

  test("cluster-stable: the key, or why not", () => {
    const key = run.cluster.node("A352").view!.clusterKey;
    expect(ask("cluster-stable:size=6;ignore-migrations=no")).toBe(key);
    expect(ask("cluster-stable:size=7;ignore-migrations=no")).toBe("ERROR:7:cluster not specified size");
    expect(ask("cluster-stable:namespace=nope")).toBe("ERROR:20:namespace not found on node");
  });

  test("that it is a model, and no license", () => {
    expect(ask("version")).toContain("a rehearsal cluster: a model, no database");
  });
});

describe("the article's second day, command by command", () => {
  const ids = [...idsIn(EVEN, LONDON), ...idsIn(EVEN, PARIS)];
  const wrong = { ...EVEN, nodes: EVEN.nodes.map((node) => ({ ...node, rack: Number(node.id.slice(1)) })) };
  const run = new Run(wrong, { rosterSet: false });
  const client = run.client(LONDON);
  const ask = (id: string, command: string) => client.info(id, command)!;

  test("before the roster is set every node shows size 0, replication factor 0, no partition unavailable or dead, and its own rack", () => {
    expect(ask("A352", "namespace/mydata")).toMatch(
      /^ns_cluster_size=0;effective_replication_factor=0;.*dead_partitions=0;unavailable_partitions=0;.*rack-id=352;/,
    );
    expect(ask("A352", "roster:")).toBe(
      "ns=mydata:roster=null:pending_roster=null:observed_nodes=A882@882,A600@600,A517@517,A352@352,A129@129,A70@70",
    );
  });

  test("staged as observed: six racks", () => {
    run.reroster("A882@882,A600@600,A517@517,A352@352,A129@129,A70@70", "A352");
    expect(ask("A352", "racks:")).toBe(
      `ns=mydata:${["rack", "roster_rack"].flatMap((name) => [70, 129, 352, 517, 600, 882].map((rack) => `${name}_${rack}=A${rack}`)).join(":")}`,
    );
  });

  test("rack ids set and staged again: two racks, and each node as in the article's table", () => {
    for (const id of ids) {
      const rack = idsIn(EVEN, LONDON).includes(id) ? 32 : 33;
      expect(ask(id, `set-config:context=namespace;id=mydata;rack-id=${rack}`)).toBe("ok");
    }
    run.recluster("A882");
    const observed = /observed_nodes=(.*)/.exec(ask("A352", "roster:"))![1];
    expect(observed).toBe("A882@33,A600@32,A517@33,A352@32,A129@32,A70@33");
    run.reroster(observed, "A352");
    expect(ask("A129", "racks:")).toMatch(/:roster_rack_32=A600,A352,A129:roster_rack_33=A882,A517,A70$/);
    const { partitions } = run.cluster.node("A352").view!;
    expect(partitions.filter(({ replicas }) => replicas[0].id === "A352").length).toBe(683);
    expect(partitions.filter(({ replicas }) => replicas[1].id === "A352").length).toBe(682);
  });
});

describe("in a split", () => {
  const run = new Run(EVEN);
  run.cut(EVEN);
  const client = run.client(LONDON);

  test("peers are those of the own half, alumni all that were ever there", () => {
    expect(client.info("A352", "peers-clear-std")).toMatch(/^13,3000,\[\[/);
    expect(client.info("A352", "peers-clear-std")!.match(/\[A\d+,/g)).toHaveLength(2);
    expect(client.info("A352", "alumni-clear-std")!.match(/\[A\d+,/g)).toHaveLength(5);
  });

  test("statistics name the half: size, principal, unavailable partitions", () => {
    const text = client.info("A352", "statistics")!;
    expect(text).toContain("cluster_size=3;");
    expect(text).toContain("cluster_principal=A600;");
    expect(client.info("A352", "namespace/mydata")).toContain("unavailable_partitions=2048;");
  });

  test("partition-info: unavailable partitions have no replicas, and the data that is there shows as Z", () => {
    const rows = client
      .info("A352", "partition-info")!
      .split(";")
      .slice(1)
      .map((row) => row.split(":"));
    expect(rows).toHaveLength(4096);
    const unavailable = rows.filter(([, , , replicas]) => replicas === "0");
    expect(unavailable).toHaveLength(2048);
    expect(new Set(unavailable.map(([, , state, , replica]) => `${state}${replica}`))).toEqual(
      new Set(["Z-1", "A-1"]),
    );
    expect(rows.filter(([, , , , , , master]) => master === "A352")).toHaveLength(683);
  });

  test("`cluster-stable` is not, before the cluster of three has formed", () => {
    const other = new Run(ODD);
    other.clock.advance(1000);
    other.cluster.setFault(split(ODD));
    const asker = other.client(PARIS);
    other.clock.advanceUntil(() => other.cluster.node("A829").adjacent.size < 6, 5000);
    expect(asker.info("A829", "cluster-stable:")).toBe("ERROR:7:unstable cluster");
    asker.close();
  });
});

test("a node off the roster shows size 0, and the racks tell it from those on it", () => {
  const run = new Run(EVEN);
  run.reroster("A600@32,A129@32,A70@33,A882@33,A517@33", "A882");
  const client = run.client(LONDON);
  expect(client.info("A352", "namespace/mydata")).toContain("ns_cluster_size=0;");
  expect(client.info("A600", "namespace/mydata")).toContain("ns_cluster_size=5;");
  expect(client.info("A600", "racks:namespace=mydata")).toBe(
    "rack_32=A600,A352,A129:rack_33=A882,A517,A70:roster_rack_32=A600,A129:roster_rack_33=A882,A517,A70",
  );
});

test("a node that stays quiesced refuses to be, and ignores the undoing", () => {
  const nodes = EVEN.nodes.map((node) => ({ ...node, quiesced: node.id === "A352" }));
  const client = new Run({ ...EVEN, nodes }).client(LONDON);
  expect(client.info("A352", "quiesce:")).toBe("ERROR:22:permanently quiesced");
  expect(client.info("A352", "quiesce-undo:")).toBe("ignored-permanently-quiesced");
  expect(client.info("A352", "namespace/mydata")).toContain("pending_quiesce=true;");
  expect(client.info("A352", "get-config:context=service")).toContain("stay-quiesced=true;");
  expect(client.info("A600", "quiesce:")).toBe("ok");
  expect(client.info("A600", "quiesce-undo:")).toBe("ok");
});

test("an AP namespace has no roster, and its racks come from the settings", () => {
  const run = new Run(EVEN_AP);
  const client = run.client(LONDON);
  expect(client.info("A352", "roster:")).toBe(
    "ns=mydata:roster=null:pending_roster=null:observed_nodes=null",
  );
  expect(client.info("A352", "roster-set:namespace=mydata;nodes=A352@32")).toMatch(/^ERROR:4:/);
  expect(client.info("A352", "racks:")).toBe("ns=mydata:rack_32=A600,A352,A129:rack_33=A882,A517,A70");
});
