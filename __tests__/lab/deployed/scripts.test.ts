import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { askScript, clientsScript, NO_ANSWER } from "../../../lab/deployed/scripts";

/** A host in a folder: its programs, and where its files are. */
class Host {
  readonly root = mkdtempSync(join(tmpdir(), "stretch-test-"));

  program(path: string, ...lines: readonly string[]): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), ["#!/bin/bash", ...lines, ""].join("\n"), { mode: 0o755 });
  }

  run(script: string) {
    const moved = script.replaceAll(/(?<=[ "'>(])\/(?=(opt|etc\/stretch|var\/lib)\/?)/g, `${this.root}/`);
    writeFileSync(join(this.root, "script"), moved, { mode: 0o755 });
    return spawnSync(join(this.root, "script"), {
      encoding: "utf8",
      timeout: 20_000,
      env: { ...process.env, PATH: `${join(this.root, "bin")}:${process.env.PATH}` },
    });
  }
}

describe("scripts for hosts", () => {
  let host: Host;
  beforeEach(() => (host = new Host()));
  afterEach(() => rmSync(host.root, { recursive: true }));

  it("give a line for each question, for one that the server says nothing to as well", () => {
    host.program("opt/stretch/bin/asinfo", '[[ $2 == silent ]] || printf "header\\n%s, says it\\n" "$2"');
    const { stdout } = host.run(askScript(["node", "silent", "roster:"]));
    expect(stdout).toBe(`node, says it\n${NO_ANSWER}\nroster:, says it\n`);
  });

  /** Starts the loaders' program from a bundle whose database client is this text. */
  function startWith(client: string) {
    const bundle = join(host.root, "made");
    mkdirSync(join(bundle, "node_modules/aerospike"), { recursive: true });
    writeFileSync(join(bundle, "node_modules/aerospike/index.js"), client);
    spawnSync("tar", ["czf", join(host.root, "bundle.tar.gz"), "-C", bundle, "."]);
    const sum = createHash("sha256")
      .update(readFileSync(join(host.root, "bundle.tar.gz")))
      .digest("hex");
    host.program("opt/stretch/lib.sh", ":");
    host.program("etc/stretch/host.env", "RESULTS_PREFIX=london");
    host.program("bin/aws", `cp "${host.root}/bundle.tar.gz" "\${@: -1}"`);
    host.program("bin/systemctl", "exit 5");
    host.program("bin/systemd-run", `echo started >>"${host.root}/units"`);
    mkdirSync(join(host.root, "var/lib"), { recursive: true });
    const place = { bucket: "stretch-1", region: "eu-west-2" };
    const hosts = [{ instanceId: "i-1", prefix: "london" }];
    return host.run(
      clientsScript(
        hosts,
        sum,
        (prefix) => `${prefix}/bundle`,
        (prefix) => prefix,
        place,
        60,
      ),
    );
  }

  it("start the loaders' program where the database client loads", () => {
    expect(startWith("")).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(join(host.root, "units"), "utf8")).toBe("started\n");
  });

  it("fail with the reason where it does not, before anything is started", () => {
    const { status, stderr } = startWith('throw new Error("libc.so.6: version `GLIBC_2.34\' not found")');
    expect(status).toBe(1);
    expect(stderr).toMatch(/GLIBC_2\.34' not found\nthe database client does not load on this host/);
    expect(() => readFileSync(join(host.root, "units"))).toThrow("ENOENT");
  });
});
