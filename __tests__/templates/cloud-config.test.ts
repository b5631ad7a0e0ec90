import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { clientHostFiles, type HostFiles } from "../../modules/hosts/host-files";
import { A882, FEATURE_KEY_ARN, filesOf, TLS, USERS_SECRET_ARNS } from "./support/nodes";
import { describeWith } from "../support/requirements";

/** EC2's limit on user data before base64, bytes. */
const USER_DATA_LIMIT = 16_384;

const HOSTS: readonly [string, HostFiles][] = [
  ["a database host", filesOf(A882)],
  [
    "the first database host with every option",
    filesOf(
      { ...A882, quiesced: true },
      {
        version: "8.1.2.5",
        distribution: "el9",
        storage: { engine: "device" },
        featureKeyArn: FEATURE_KEY_ARN,
        usersSecretArns: USERS_SECRET_ARNS,
        tls: TLS,
        packageUrl: "s3://mirror/server.tgz",
        packageSha256: "0".repeat(64),
      },
    ),
  ],
  [
    "a client host",
    clientHostFiles({
      name: "london-client",
      region: "eu-west-2",
      resultsBucket: "results",
      resultsPrefix: "london-client",
    }),
  ],
];

describe.each(HOSTS)("the user data of %s", (_, { files, userData, userDataBase64 }) => {
  it("writes just the files that are shown, whole", () => {
    const written = (parse(userData) as { write_files: object[] }).write_files;
    expect(written).toEqual(
      files.map(({ path, mode, content }) => ({ path, permissions: mode, owner: "root:root", content })),
    );
  });

  it("starts no file that it does not write", () => {
    const units = (parse(userData) as { runcmd: string[][] }).runcmd
      .flat()
      .filter((word) => word.endsWith(".service"));
    const paths = files.map(({ path }) => path);
    for (const unit of units) expect(paths).toContain(`/etc/systemd/system/${unit}`);
  });

  it("is compressed, and leaves room below EC2's limit for what is to come", () => {
    const bytes = Buffer.from(userDataBase64, "base64");
    expect(gunzipSync(bytes).toString("utf8")).toBe(userData);
    expect(bytes.length).toBeLessThan(USER_DATA_LIMIT * 0.75);
  });
});

describeWith(["cloud-init"], "cloud-init's own schema", () => {
  it.each(HOSTS)("accepts the user data of %s", (_, { userData }) => {
    expect(schemaCheck(userData)).toMatchObject({ status: 0 });
  });

  it("refuses a wrong one, so that the tests above mean something", () => {
    expect(schemaCheck("#cloud-config\nwrite_files: yes\n").status).not.toBe(0);
  });

  function schemaCheck(userData: string) {
    const dir = mkdtempSync(join(tmpdir(), "stretch-cloud-init-"));
    try {
      const file = join(dir, "user-data");
      writeFileSync(file, userData);
      const { status, stdout, stderr } = spawnSync("cloud-init", ["schema", "--config-file", file], {
        encoding: "utf8",
        timeout: 60_000,
      });
      return { status, log: stdout + stderr };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
});
