import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as hosts from "../../../modules/hosts/host-files";
import { resolveSettings } from "../../../modules/hosts/aerospike-settings";
import { A882, USERS_SECRET_ARNS } from "../../templates/support/nodes";

const REPO = join(__dirname, "..", "..", "..");

/** What hosts get, of the sources in this checkout or in another. */
function hostFiles({ nodeHostFiles, clientHostFiles }: typeof hosts) {
  const client = { name: "c", region: "eu-west-2", resultsBucket: "results", resultsPrefix: "p" };
  return [
    nodeHostFiles(A882, resolveSettings({ usersSecretArns: USERS_SECRET_ARNS })),
    clientHostFiles(client),
  ];
}

describe("a checkout with the line ends of Windows", () => {
  let checkout: string;

  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), "stretch-crlf-"));
    for (const name of ["model", "modules", "templates", "package.json"]) {
      cpSync(join(REPO, name), join(checkout, name), { recursive: true });
    }
    for (const entry of readdirSync(checkout, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      writeFileSync(file, readFileSync(file, "utf8").replaceAll("\n", "\r\n"));
    }
    symlinkSync(join(REPO, "node_modules"), join(checkout, "node_modules"), "dir");
  });
  afterAll(() => rmSync(checkout, { recursive: true, force: true }));

  it("gives hosts the same files, without a carriage return", async () => {
    const made = hostFiles(await import(join(checkout, "modules/hosts/host-files")));
    expect(JSON.stringify(made)).not.toContain("\\r");
    expect(made).toEqual(hostFiles(hosts));
  });
});
