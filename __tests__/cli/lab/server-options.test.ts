import { UsageError } from "../../../cli/errors";
import { serversOf } from "../../../cli/lab/server-options";
import { stretch } from "../support";

const CA = __filename;

test("servers listen on 3000, and with TLS on 4333, unless the address says otherwise", () => {
  const hosts = ["10.0.0.1", "10.0.0.2:3010"];
  expect(serversOf({ hosts })).toEqual({ hosts: ["10.0.0.1:3000", "10.0.0.2:3010"], connect: {} });
  expect(serversOf({ hosts, tlsName: "db.internal", tlsCa: CA })).toEqual({
    hosts: ["10.0.0.1:4333", "10.0.0.2:3010"],
    connect: { tls: { name: "db.internal", caFile: CA } },
  });
});

test.each([
  [
    "a name alone",
    { tlsName: "db.internal" },
    /^--tls-name was given alone: expected --tls-name and --tls-ca\.$/,
  ],
  ["a CA alone", { tlsCa: CA }, /^--tls-ca was given alone/],
  [
    "a file that is not there",
    { tlsName: "db.internal", tlsCa: "nowhere.pem" },
    /^There is no file "nowhere\.pem"/,
  ],
])("fails for %s", (_, options, message) => {
  expect(() => serversOf({ hosts: [], ...options })).toThrow(UsageError);
  expect(() => serversOf({ hosts: [], ...options })).toThrow(message);
});

test.each([
  [["load", "--hosts", "10.0.0.1", "--namespace", "n", "--tls-name", "1:2"], /'1:2' is invalid/],
  [["status", "--tls-name", "db.internal"], /--tls-name and --tls-ca are for a cluster: expected --hosts/],
])("fails for %j with exit code 2", async (args, message) => {
  const { code, err } = await stretch(args);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});
