import { EVEN, EVEN_AP, LONDON, Run } from "../support/clusters";

const run = new Run(EVEN_AP);
const client = run.client(LONDON);
const ask = (command: string, id = "A352") => client.info(id, command)!;

test("modules are registered for all nodes, listed with their hash, and removed; nothing runs", () => {
  const content = Buffer.from("function f(r) return 1 end").toString("base64");
  expect(ask(`udf-put:filename=m.lua;content=${content};content-len=${content.length};udf-type=LUA;`)).toBe(
    "ok",
  );
  expect(ask("udf-list", "A70")).toMatch(/^filename=m\.lua,hash=[0-9a-f]{40},type=LUA;$/);
  expect(ask("udf-get:filename=m.lua;")).toBe(`type=LUA;content=${content};`);
  expect(ask("udf-remove:filename=m.lua;")).toBe("ok");
  expect(ask("udf-list")).toBe("");
  expect(ask("udf-get:filename=m.lua;")).toBe("error=not_found");
});

test("fails on a module without a name", () => {
  expect(ask("udf-put:content=YQ==;")).toBe("error=invalid_parameters");
});

test("secondary indexes are registered, told and removed; they hold nothing", () => {
  const create = "sindex-create:ns=mydata;set=demo;indexname=ages;indexdata=age,NUMERIC";
  expect([ask(create), ask(create)]).toEqual(["OK", "OK"]);
  expect(ask("sindex", "A70")).toBe(
    "ns=mydata:indexname=ages:set=demo:bin=age:type=numeric:indextype=default:context=null:state=RW",
  );
  expect(ask("sindex-exists:ns=mydata;indexname=ages")).toBe("true");
  expect(ask("sindex/mydata/ages")).toContain("load_pct=100");
  expect(ask("sindex-stat:namespace=mydata;indexname=ages")).toContain("load_pct=100");
  expect(ask("sindex-delete:ns=mydata;indexname=ages")).toBe("OK");
  expect(ask("sindex-exists:ns=mydata;indexname=ages")).toBe("false");
  expect(ask("sindex")).toBe("");
});

test("secondary indexes are named as newer clients do, too", () => {
  expect(ask("sindex-create:namespace=mydata;set=demo;indexname=names;bin=name;type=STRING")).toBe("OK");
  expect(ask("sindex")).toContain("indexname=names:set=demo:bin=name:type=string");
  expect(ask("sindex-delete:namespace=mydata;indexname=names")).toBe("OK");
});

test.each([
  ["of another namespace", "sindex-create:ns=nope;indexname=a;indexdata=b,STRING", /^ERROR:20/],
  ["without a bin", "sindex-create:ns=mydata;indexname=a", /^ERROR:4/],
])("fails on an index %s", (_, command, answer) => {
  expect(ask(command)).toMatch(answer);
});

test("fails on another index of the same name", () => {
  ask("sindex-create:ns=mydata;indexname=taken;indexdata=a,STRING");
  expect(ask("sindex-create:ns=mydata;indexname=taken;indexdata=b,STRING")).toMatch(/^FAIL:200/);
});

describe("truncation", () => {
  const now = () => run.cluster.clock.now();
  const count = () => Number(/objects=(\d+)/.exec(ask("namespace/mydata"))![1]);

  test("takes what was written before a time, and what came later stays", () => {
    for (let key = 0; key < 40; key++) client.put("dummy", key, { v: key });
    run.clock.advance(1000);
    const between = BigInt(now()) * 1_000_000n;
    run.clock.advance(1000);
    for (let key = 0; key < 10; key++) client.put("dummy", key, { v: -key });
    expect(ask(`truncate:namespace=mydata;set=dummy;lut=${between}`)).toBe("ok");
    run.clock.advance(1000);
    const left = Array.from({ length: 40 }, (_, key) => client.get("dummy", key)).filter(
      ({ code }) => code === 0,
    );
    expect(left).toHaveLength(10);
    expect(count()).toBeGreaterThan(0);
  });

  test.each([
    ["before all times", "lut=1", "would truncate to 0"],
    ["in the future", `lut=${2n ** 62n}`, "would truncate in the future"],
    ["that is none", "lut=soon", "bad 'lut'"],
  ])("fails with a time %s", (_, lut, why) => {
    expect(ask(`truncate:namespace=mydata;set=dummy;${lut}`)).toBe(`ERROR:4:${why}`);
  });

  test("fails without a namespace; another one is none of the node's business, as on a server", () => {
    expect(ask("truncate:namespace=mydata;set=")).toBe("ERROR:4:bad 'set'");
    expect(ask("truncate:set=dummy")).toBe("ERROR:20:namespace not found on node");
    expect(ask("truncate:namespace=nope")).toBe("ok");
  });
});

test("alternate addresses are those of the client's place, of all nodes", () => {
  const { services } = new Run(EVEN);
  const alternate = services.info(
    services.cluster.node("A352"),
    { address: (node) => `10.0.0.${node.index}:3000` },
    "peers-clear-alt",
  );
  expect(alternate.match(/10\.0\.0\.\d/g)).toHaveLength(5);
});
