import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ClientHostFilesProps, clientHostFiles } from "../../modules/hosts/host-files";
import { ScratchHost } from "./support/scratch-host";
import { TLS, USERS_SECRET_ARNS, withTls, withUsers } from "./support/nodes";
import { describeWith } from "../support/requirements";

/** A package as npm packs one, of these files. */
function packed(
  files = ["dist/cli/cli.js", "dist/client-host/package.json", "dist/client-host/package-lock.json"],
): Buffer {
  const dir = mkdtempSync(join(tmpdir(), "stretch-packed-"));
  try {
    for (const file of files) {
      mkdirSync(dirname(join(dir, "package", file)), { recursive: true });
      const content = file.endsWith("lock.json") ? "the lock file\n" : "#!/usr/bin/env node\n";
      writeFileSync(join(dir, "package", file), content);
    }
    return execFileSync("tar", ["--create", "--gzip", "--directory", dir, "package"], { timeout: 30_000 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describeWith(["mount namespaces", "jq"], "a client host", () => {
  const hosts: ScratchHost[] = [];
  afterAll(() => hosts.forEach((host) => host.remove()));

  function client(props: Partial<ClientHostFilesProps> = {}): ScratchHost {
    const host = new ScratchHost(
      clientHostFiles({
        name: "london-client",
        region: "eu-west-2",
        packageSpec: "cdktf-stretch-cluster@1.2.3",
        resultsBucket: "results",
        resultsPrefix: "london-client",
        ...props,
      }),
    );
    hosts.push(host);
    host.write("/state/units/amazon-ssm-agent.service", "");
    host.write("/state/packed.tgz", packed());
    host.cloudInit();
    return host;
  }

  const NPM_CALLS = [
    "npm (stretch) pack --pack-destination /var/lib/stretch/npm -- cdktf-stretch-cluster@1.2.3",
    "npm (stretch) ci --prefix /opt/stretch/package",
    "npm (stretch) rebuild --prefix /opt/stretch/package --ignore-scripts=false aerospike",
  ];

  it("installs Node.js 24, netcat and the package from its lock file, as a user who may nothing else", () => {
    const host = client();
    expect(host.start("stretch-client.service")).toMatchObject({ status: 0 });
    expect(host.calls("dnf")).toEqual(["dnf install -y chrony jq nmap-ncat nodejs24 tar gzip nodejs24-npm"]);
    expect(host.calls("npm")).toEqual(NPM_CALLS);
    expect(host.read("/opt/stretch/package/package-lock.json")).toBe("the lock file\n");
    expect(host.run(["readlink", "/usr/local/bin/stretch"]).log).toBe(
      "/opt/stretch/package/app/dist/cli/cli.js\n",
    );
  });

  it("runs no script but the database client's own, and gives the package to root in the end", () => {
    const host = client();
    host.start("stretch-client.service");
    const users = host.calls("runuser");
    expect(users).toHaveLength(4);
    for (const call of users) {
      expect(call).toMatch(
        /^runuser --user stretch -- env --ignore-environment PATH=\S+ HOME=\/var\/lib\/stretch\/npm npm_config_ignore_scripts=true /,
      );
    }
    expect(users.filter((call) => call.includes("ignore-scripts=false"))).toEqual([
      expect.stringMatching(
        / npm rebuild --prefix \/opt\/stretch\/package --ignore-scripts=false aerospike$/,
      ),
    ]);
    expect(host.calls("chown").at(-1)).toBe("chown -R root: /opt/stretch/package");
    expect(host.has("/var/lib/stretch/npm")).toBe(false);
  });

  it("gets packages from the registry that is given", () => {
    const host = client({ npmRegistry: "https://npm.example.internal/" });
    host.start("stretch-client.service");
    for (const call of host.calls("runuser")) {
      expect(call).toContain(" npm_config_registry=https://npm.example.internal/ ");
    }
  });

  it("does it once", () => {
    const host = client();
    host.start("stretch-client.service");
    host.forgetCalls();
    expect(host.start("stretch-client.service")).toEqual({ status: 0, log: "" });
    expect(host.calls()).toEqual([]);
  });

  it("takes a packed tarball from S3", () => {
    const host = client({ packageSpec: "s3://packages/stretch-1.2.3.tgz" });
    host.offer("stretch-1.2.3.tgz", packed());
    expect(host.start("stretch-client.service").status).toBe(0);
    expect(host.calls("npm")).toEqual(NPM_CALLS.slice(1));
    expect(host.read("/opt/stretch/package/app/dist/cli/cli.js")).toBe("#!/usr/bin/env node\n");
  });

  it("fails for a tarball without a lock file, and installs nothing of it", () => {
    const host = client({ packageSpec: "s3://packages/stretch-1.2.3.tgz" });
    host.offer("stretch-1.2.3.tgz", packed(["dist/cli/cli.js"]));
    const { status, log } = host.start("stretch-client.service");
    expect(status).toBe(1);
    expect(log).toContain(
      "ERROR: s3://packages/stretch-1.2.3.tgz has no dist/client-host/package.json: npm pack",
    );
    expect(host.calls("npm")).toEqual([]);
  });

  it("chooses Node.js 22 among the modules of another distribution", () => {
    const host = client({ distribution: "el9" });
    host.start("stretch-client.service");
    expect(host.calls("dnf")).toEqual([
      "dnf module enable -y nodejs:22",
      "dnf install -y chrony jq nmap-ncat unzip nodejs tar gzip npm",
    ]);
  });

  it("tries npm again for good, saying what to look at", () => {
    const host = client();
    host.write("/state/npm-failures", "99");
    expect(host.startAndWait("stretch-client.service")).toContain(
      "download of cdktf-stretch-cluster@1.2.3 failed (try 3), again in 20 s. Does it exist,",
    );
  });

  describe("without a package", () => {
    it("has netcat, and Node.js for the lab's own loaders, asks no registry, and says how to get the loader", () => {
      const host = client({ packageSpec: undefined });
      const { status, log } = host.start("stretch-client.service");
      expect(status).toBe(0);
      expect(log).toContain("no loader. To get it:");
      expect(host.calls("dnf")).toEqual(["dnf install -y chrony jq nmap-ncat nodejs24 tar gzip"]);
      expect([...host.calls("npm"), ...host.calls("useradd")]).toEqual([]);
    });

    it("has no Node.js either where no bucket brings the lab's", () => {
      const host = client({ packageSpec: undefined, resultsBucket: undefined, resultsPrefix: undefined });
      host.start("stretch-client.service");
      expect(host.calls("dnf")).toEqual(["dnf install -y chrony jq nmap-ncat"]);
    });

    it("says so too when its command is asked", () => {
      const host = client({ packageSpec: undefined });
      host.start("stretch-client.service");
      const { status, log } = host.run(["/usr/local/bin/stretch", "load"]);
      expect(status).toBe(1);
      expect(log).toContain('packageSpec: "s3://BUCKET/cdktf-stretch-cluster-VERSION.tgz" in the ClientHost');
    });
  });

  it("knows where results go", () => {
    expect(client().read("/etc/stretch/host.env")).toContain(
      "RESULTS_BUCKET='results'\nRESULTS_PREFIX='london-client'\n",
    );
  });

  it("has the messaging demo as a unit to start by name, not started by itself", () => {
    const host = client();
    expect(host.has("/etc/systemd/system/chat.service")).toBe(true);
    expect(host.calls("systemctl").join("\n")).not.toContain("chat");
  });

  describe("of a cluster with TLS", () => {
    const UNIT = "stretch-client.service";
    const encrypted = (props: Partial<ClientHostFilesProps> = {}) => {
      const host = client({ tls: TLS, ...props });
      withTls(host);
      return host;
    };

    it.each([
      ["with the package", {}],
      ["without it", { packageSpec: undefined }],
    ])("has the CA, for everybody to read, and no key, %s", (_, props) => {
      const host = encrypted(props);
      expect(host.start(UNIT).status).toBe(0);
      expect(host.read("/etc/stretch/ca.pem")).toBe("first ca\n");
      expect(host.run(["stat", "-c", "%u:%g %a", "/etc/stretch/ca.pem"]).log).toBe("0:0 644\n");
      expect(host.calls("aws").filter((call) => call.includes(TLS.caArn))).toHaveLength(1);
      expect(host.read("/etc/stretch/host.env")).toContain(`TLS_NAME='${TLS.name}'\n`);
      expect(host.read("/etc/stretch/host.env") + host.calls().join("\n")).not.toContain(TLS.keyArn);
    });

    it("boots again while AWS does not answer, and takes a new CA when it does", () => {
      const host = encrypted();
      host.start(UNIT);
      host.delete("/state/secrets");
      const { status, log } = host.start(UNIT);
      expect(status).toBe(0);
      expect(log).toContain(`reading the CA, ${TLS.caArn}, failed: the value of an earlier boot stays.`);
      withTls(host, "second");
      host.start(UNIT);
      expect(host.read("/etc/stretch/ca.pem")).toBe("second ca\n");
    });
  });

  describe("asked whether it can begin the loaders of stretch run --live", () => {
    const loading = () => {
      const host = client({ loaderSecretArn: USERS_SECRET_ARNS.loader, tls: TLS });
      host.write("/lab-clients", readFileSync(join(__dirname, "../../templates/lab-clients.sh")));
      withUsers(host);
      withTls(host);
      host.start("stretch-client.service");
      return host;
    };
    const asked = (host: ScratchHost) => host.run(["bash", "/lab-clients", "/folder"]);

    it("can where it reads its password and has the CA, and says neither", () => {
      expect(asked(loading())).toEqual({ status: 0, log: "" });
    });

    it.each([
      ["may not read its password", (host: ScratchHost) => host.delete("/state/secrets")],
      ["finds an empty one", (host: ScratchHost) => host.write("/state/secrets/loader-Ab12Cd", "")],
    ])("fails where it %s, and names the secret", (_, spoil) => {
      const host = loading();
      spoil(host);
      const { status, log } = asked(host);
      expect(status).toBe(1);
      expect(log).toContain(`ERROR: the secret ${USERS_SECRET_ARNS.loader} cannot be read, or is empty:`);
    });

    it("fails where it has no CA, and says what reads it", () => {
      const host = loading();
      host.delete("/etc/stretch/ca.pem");
      const { status, log } = asked(host);
      expect(status).toBe(1);
      expect(log).toContain("ERROR: /etc/stretch/ca.pem is not there, which stretch-client reads of");
    });
  });
});
