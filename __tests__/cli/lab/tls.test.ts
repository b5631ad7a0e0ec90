import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLedger } from "../../../lab/load/ledger";
import { Rehearsal } from "../../../rehearsal";
import { certificate, TlsServer } from "../../lab/support/tls-server";
import { describeWith } from "../../support/requirements";

jest.setTimeout(90_000);

const REPO = join(__dirname, "..", "..", "..");
const NAME = "aerospike.example.internal";

/** The command in a process of its own, as the client's native part is set up once in a process. */
async function stretch(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "cli/cli.ts", ...args], {
    cwd: REPO,
    timeout: 60_000,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (text += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, text };
}

describeWith(["client for Node.js", "openssl"], "a server with TLS alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
  const own = certificate(folder, NAME);
  let cluster: Rehearsal;
  let server: TlsServer;
  let at: string[];

  beforeAll(async () => {
    cluster = await Rehearsal.start({
      topology: {
        namespace: { name: "mydata", replicationFactor: 1, strongConsistency: true },
        nodes: [{ id: "A1", rack: 1, region: "eu-west-2" }],
      },
    });
    await cluster.until(({ settled }) => settled);
    server = await TlsServer.start(cluster.nodes[0].ownAddress, own);
    at = ["--hosts", `127.0.0.1:${server.port}`, "--namespace", "mydata"];
  });
  afterAll(async () => {
    server.stop();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  test("is loaded by who knows its name and trusts its CA", async () => {
    const ledger = join(folder, "ledger.jsonl");
    const { code, text } = await stretch(
      ...["load", ...at, "--tls-name", NAME, "--tls-ca", own.ca, "--keys", "0-9", "--ledger", ledger],
    );
    expect([code, text]).toEqual([0, expect.stringContaining("10 ok, 0 not sent, 0 refused, 0 unknown")]);
    expect(readLedger(ledger).operations.filter(({ outcome }) => outcome === "ok")).toHaveLength(10);
  });

  test("tells its status, and the runbook's next step", async () => {
    const tls = ["--tls-name", NAME, "--tls-ca", own.ca];
    const status = await stretch("status", ...at, ...tls);
    expect([status.code, status.text]).toEqual([0, expect.stringContaining("1 of 1 nodes have answered")]);
    const recover = await stretch("recover", ...at, ...tls);
    expect([recover.code, recover.text]).toEqual([0, expect.stringContaining("proposes:")]);
  });

  test.each([
    ["who expects another name", () => ["--tls-name", "another.example.internal", "--tls-ca", own.ca]],
    [
      "who trusts somebody else",
      () => ["--tls-name", NAME, "--tls-ca", certificate(folder, "other.example.internal").ca],
    ],
    ["who speaks plain", () => []],
  ])("answers nobody %s", async (_, tls) => {
    const { code, text } = await stretch("status", ...at, ...tls());
    expect([code, text]).toEqual([1, expect.stringContaining(`No node answers at 127.0.0.1:${server.port}`)]);
  });
});
