/**
 * The loaders of a run on a client host: `node host.js '{"bucket","region","prefix","seconds"}'`, with who logs in, and TLS, in
 * its environment. It is bundled with all that it needs but the database client, and started by the operator's Run Command.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PASSWORD } from "../../load/options";
import { Results } from "../results";
import { LabClients } from "./lab-clients";

/** What it is told. */
export interface HostProgramOptions {
  readonly bucket: string;
  /** AWS region of the bucket. */
  readonly region: string;
  /** What the names of its objects begin with, without the slash. */
  readonly prefix: string;
  /** Seconds after which it ends though nobody tells it. */
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { prefix, seconds, ...place } = JSON.parse(process.argv[2]) as HostProgramOptions;
  const { STRETCH_USER: user, STRETCH_TLS_NAME: tlsName, STRETCH_TLS_CA: caFile = "" } = process.env;
  const results = new Results(place);
  const clients = new LabClients({
    objects: {
      get: (name) => results.get(`${prefix}/${name}`),
      put: (name, body) => results.put(`${prefix}/${name}`, body),
    },
    folder: mkdtempSync(join(tmpdir(), "stretch-ledgers-")),
    connect: {
      ...(user !== undefined && { user, password: process.env[PASSWORD] }),
      ...(tlsName !== undefined && { tls: { name: tlsName, caFile } }),
    },
    deadline: Date.now() + seconds * 1000,
    complain: (text) => process.stderr.write(`${text}\n`),
  });
  // Stopped for another run: the ledgers are put all the same.
  process.on("SIGTERM", () => clients.end());
  await clients.run();
  process.exit(0);
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
