import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A PGP key pair of somebody who packs software, in a folder of its own. */
export class PackagerKey {
  private readonly home = mkdtempSync(join(tmpdir(), "stretch-pgp-"));
  readonly publicKey: string;

  constructor() {
    this.gpg("--passphrase", "", "--quick-generate-key", "packager@example.com", "ed25519", "sign", "never");
    this.publicKey = this.gpg("--armor", "--export").toString("utf8");
  }

  /** A detached signature, as armoured text. */
  sign(content: Buffer): Buffer {
    const file = join(this.home, "content");
    writeFileSync(file, content);
    this.gpg("--yes", "--armor", "--output", `${file}.asc`, "--detach-sign", file);
    return readFileSync(`${file}.asc`);
  }

  remove(): void {
    execFileSync("gpgconf", ["--homedir", this.home, "--kill", "all"], { timeout: 30_000 });
    rmSync(this.home, { recursive: true, force: true });
  }

  private gpg(...args: string[]): Buffer {
    return execFileSync("gpg", ["--batch", "--quiet", "--homedir", this.home, ...args], {
      timeout: 60_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
  }
}
