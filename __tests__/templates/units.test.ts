import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { clientHostFiles, type HostFiles } from "../../modules/hosts/host-files";
import { A882, filesOf, USERS_SECRET_ARNS } from "./support/nodes";
import { describeWith } from "../support/requirements";

const HOSTS: readonly [string, HostFiles][] = [
  ["a database host", filesOf(A882, { usersSecretArns: USERS_SECRET_ARNS })],
  [
    "a client host",
    clientHostFiles({ name: "c", region: "eu-west-2", resultsBucket: "results", resultsPrefix: "p" }),
  ],
];
const UNITS = "/etc/systemd/system/";

describeWith(["systemd-analyze"], "systemd", () => {
  it.each(HOSTS)("finds no fault in the units of %s", (_, { files }) => {
    expect(faults(files)).toEqual([]);
  });

  it("prepares anew with the server's start, as the errors of a failed preparation tell", () => {
    const [, { files }] = HOSTS[0];
    const unit = (path: string) => files.find((file) => file.path === UNITS + path)!.content;
    expect(unit("aerospike.service.d/stretch.conf")).toMatch(/^Requires=stretch-prepare.service$/m);
    // A oneshot that failed is not active, whatever RemainAfterExit says, so what requires it starts it again.
    expect(unit("stretch-prepare.service")).toMatch(/^Type=oneshot$/m);
  });

  it("finds a fault, so that the tests above mean something", () => {
    const [, { files }] = HOSTS[0];
    const broken = files.map((file) => ({ ...file, content: file.content.replace("Restart=", "Restrat=") }));
    expect(faults(broken).join("\n")).toContain("Restrat");
  });

  /** What `systemd-analyze verify` says of the units, their programs put where it finds them. */
  function faults(files: HostFiles["files"]): string[] {
    const dir = mkdtempSync(join(tmpdir(), "stretch-units-"));
    try {
      const units = files.filter(({ path }) => path.startsWith(UNITS));
      for (const { path, content } of units) {
        const file = join(dir, path.slice(UNITS.length));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content.replace(/^ExecStart=\S+/gm, "ExecStart=/bin/true"));
      }
      // The unit that comes with the server's package.
      writeFileSync(join(dir, "aerospike.service"), "[Service]\nExecStart=/bin/true\n");
      const services = units.map(({ path }) => basename(path)).filter((name) => name.endsWith(".service"));
      const { stderr, error } = spawnSync(
        "systemd-analyze",
        ["verify", ...services.map((name) => `./${name}`)],
        {
          cwd: dir,
          encoding: "utf8",
          env: { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:` },
          timeout: 60_000,
        },
      );
      if (error) throw error;
      // The machine's own units are none of ours.
      return stderr
        .split("\n")
        .filter((line) => line.includes(dir) || /^(stretch|chat|aerospike)/.test(line));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
});
