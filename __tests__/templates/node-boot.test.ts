import {
  A882,
  FEATURE_KEY,
  FEATURE_KEY_ARN,
  LEFTOVERS,
  newNode,
  PACKAGE_SHA256,
  type NodeProps,
  PASSWORDS,
  PLANNED,
  TLS,
  USERS_SECRET_ARNS,
  withTls,
  withUsers,
} from "./support/nodes";
import { PackagerKey } from "./support/packager-key";
import type { ScratchHost } from "./support/scratch-host";
import { stallingServer } from "./support/stalling-server";
import { describeWith } from "../support/requirements";

const ZEROED = 8 * 1024 * 1024;
/** An empty volume but for what says that it is a file system, or an encrypted volume. */
const EXT2 = Buffer.alloc(9 * 1024 * 1024);
EXT2.writeUInt16LE(0xef53, 1024 + 56);
const LUKS = Buffer.alloc(9 * 1024 * 1024);
LUKS.write("LUKS\xba\xbe\0\x01", "latin1");
const FEATURE_KEY_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:feature-key-Ab12Cd";
/** How the error of a failed preparation ends: systemd does not start the server by itself once that is mended. */
const SERVER_NEXT = /^ERROR: .*, then: systemctl start aerospike\n$/m;
const PACKAGE_URL =
  "https://download.aerospike.com/artifacts/aerospike-server-enterprise/8.1.2.5/" +
  "aerospike-server-enterprise_8.1.2.5_tools-13.0.3_amzn2023_x86_64.tgz";

describeWith(["mount namespaces", "jq"], "a database host", () => {
  const hosts: ScratchHost[] = [];
  function node(props?: NodeProps): ScratchHost {
    const { host } = newNode(props);
    hosts.push(host);
    return host;
  }
  afterAll(() => hosts.forEach((host) => host.remove()));

  /** The roster that the cluster has. */
  const roster = (host: ScratchHost) => host.read("/state/roster").trim().split(",").sort();

  /** Install and prepare, in the order of the units. */
  function boot(host: ScratchHost): void {
    for (const unit of ["stretch-install.service", "stretch-prepare.service"]) {
      const outcome = host.start(unit);
      if (outcome.status !== 0) throw new Error(`${unit}: ${outcome.log}`);
    }
  }

  describe("at its first boot", () => {
    const host = node();
    beforeAll(() => {
      host.cloudInit();
      boot(host);
    });

    it("enables and starts its units without waiting for them", () => {
      expect(host.calls("systemctl").slice(0, 7)).toEqual([
        "systemctl daemon-reload",
        "systemctl enable stretch-install.service",
        "systemctl enable stretch-prepare.service",
        "systemctl enable stretch-roster.service",
        "systemctl start --no-block stretch-install.service",
        "systemctl start --no-block stretch-prepare.service",
        "systemctl start --no-block stretch-roster.service",
      ]);
    });

    it("installs the helper packages, then the tools and the server out of the package", () => {
      expect(host.calls("dnf")).toEqual([
        "dnf install -y chrony jq logrotate",
        "dnf install -y /var/lib/stretch/download/aerospike-tools-13.0.3-1.amzn2023.x86_64.rpm " +
          "/var/lib/stretch/download/aerospike-server-enterprise-8.1.2.5-1.amzn2023.x86_64.rpm",
      ]);
    });

    it("downloads the package for its distribution and architecture, and its checksum", () => {
      const downloads = host.calls("curl").filter((call) => call.includes("download.aerospike.com"));
      expect(downloads.map((call) => call.split(" ").at(-1))).toEqual([PACKAGE_URL, `${PACKAGE_URL}.sha256`]);
    });

    it("enables the server for every boot, and starts it when it is installed", () => {
      expect(host.calls("systemctl").slice(-2)).toEqual([
        "systemctl enable aerospike.service",
        "systemctl start --no-block aerospike.service",
      ]);
    });

    it("follows the Amazon time service", () => {
      expect(host.read("/etc/chrony.conf")).toContain("server 169.254.169.123");
      expect(host.calls("systemctl")).toContain("systemctl restart chronyd.service");
    });

    it("zeroes the head of the data volume and nothing else", () => {
      const volume = host.bytes("/dev/nvme1n1");
      expect(volume.subarray(0, ZEROED).every((byte) => byte === 0)).toBe(true);
      expect(volume.subarray(ZEROED).equals(LEFTOVERS.subarray(ZEROED))).toBe(true);
      expect(host.read("/dev/nvme0n1")).toBe("the root volume");
    });

    it("writes its public address into the server's configuration", () => {
      const conf = host.read("/etc/aerospike/aerospike.conf");
      expect(conf).toContain("alternate-access-address 13.38.38.248\n");
      expect(conf).toContain("access-address 172.33.8.38\n");
      expect(conf).not.toContain("@");
    });

    it("sets the kernel as the server's best-practice check asks", () => {
      expect(host.calls("sysctl")).toEqual(["sysctl -q -e -p /etc/sysctl.d/90-stretch.conf"]);
      expect(host.read("/sys/kernel/mm/transparent_hugepage/enabled")).toBe("never\n");
      expect(host.read("/sys/kernel/mm/transparent_hugepage/defrag")).toBe("never\n");
    });
  });

  describe("at its second boot", () => {
    const host = node();
    beforeAll(() => {
      host.cloudInit();
      boot(host);
      host.start("stretch-roster.service");
      host.write("/dev/nvme1n1", Buffer.alloc(LEFTOVERS.length, 0x55));
      host.write("/state/metadata/public-ipv4", "15.15.15.15");
      host.forgetCalls();
      boot(host);
    });

    it("installs and downloads nothing", () => {
      expect(host.calls("dnf")).toEqual([]);
      expect(host.calls("curl").filter((call) => !call.includes("169.254.169.254"))).toEqual([]);
    });

    it("does not zero the data volume", () => {
      expect(host.bytes("/dev/nvme1n1").every((byte) => byte === 0x55)).toBe(true);
    });

    it("takes the public address of now", () => {
      expect(host.read("/etc/aerospike/aerospike.conf")).toContain("alternate-access-address 15.15.15.15\n");
    });

    it("does not ask about the roster, whatever it is by now", () => {
      host.write("/state/roster", "null");
      expect(host.start("stretch-roster.service")).toEqual({ status: 0, log: "" });
      expect(host.calls("asinfo")).toEqual([]);
    });
  });

  describe("its data volume", () => {
    it("is found by its mapping name where the image makes no link of it", () => {
      const host = node({ settings: { distribution: "el9" } });
      host.delete("/dev/sdf");
      host.write("/state/mappings/nvme0n1", "/dev/sda1");
      host.write("/state/mappings/nvme1n1", "/dev/sdf");
      host.cloudInit();
      boot(host);
      expect(host.calls("nvme")).toContain("nvme id-ctrl --raw-binary /dev/nvme1n1");
      expect(host.run(["readlink", "/dev/sdf"]).log).toBe("/dev/nvme1n1\n");
      expect(
        host
          .bytes("/dev/nvme1n1")
          .subarray(0, ZEROED)
          .every((byte) => byte === 0),
      ).toBe(true);
      expect(host.read("/dev/nvme0n1")).toBe("the root volume");
    });

    it("is kept where it holds a namespace already", () => {
      const host = node();
      const used = Buffer.from(LEFTOVERS);
      Buffer.from("2203737572744943", "hex").copy(used);
      host.write("/dev/nvme1n1", used);
      host.cloudInit();
      host.start("stretch-install.service");
      expect(host.start("stretch-prepare.service").log).toContain("holds a namespace already");
      expect(host.bytes("/dev/nvme1n1").equals(used)).toBe(true);
    });

    it("fails, and is not zeroed, where it is mounted", () => {
      const host = node();
      host.write("/state/mountpoint", "/data\n");
      host.cloudInit();
      host.start("stretch-install.service");
      const { status, log } = host.start("stretch-prepare.service");
      expect(status).toBe(1);
      expect(log).toContain("ERROR: /dev/sdf is mounted");
      expect(log).toMatch(SERVER_NEXT);
      expect(host.bytes("/dev/nvme1n1").equals(LEFTOVERS)).toBe(true);
    });

    const prepared = (host: ScratchHost) => {
      host.cloudInit();
      host.start("stretch-install.service");
      return host.start("stretch-prepare.service");
    };

    it.each([
      ["a file system", { "/dev/nvme1n1": EXT2 }, /may hold data, .*TYPE="ext2".*wipefs --all \/dev\/sdf/],
      ["an encrypted volume", { "/dev/nvme1n1": LUKS }, /may hold data, .*TYPE="crypto_LUKS"/],
      ["more than one thing", { "/state/blkid-failure": "8" }, /may hold data, .*blkid -p: status 8/],
      ["what blkid cannot tell", { "/state/blkid-failure": "4" }, /may hold data, .*blkid -p: status 4/],
      [
        "what lsblk cannot tell",
        { "/stand-ins/lsblk": "#!/bin/bash\nexit 32\n" },
        /lsblk cannot tell whether \/dev\/sdf is mounted/,
      ],
    ])("fails, and is not zeroed, where it holds %s", (_, files, message) => {
      const host = node();
      for (const [path, content] of Object.entries(files)) host.write(path, content);
      const before = host.bytes("/dev/nvme1n1");
      const { status, log } = prepared(host);
      expect(status).toBe(1);
      expect(log).toMatch(message);
      expect(log).toMatch(SERVER_NEXT);
      expect(host.bytes("/dev/nvme1n1").equals(before)).toBe(true);
      expect(host.has("/var/lib/stretch/zeroed")).toBe(false);
    });

    it("fails where no volume has the mapping name", () => {
      const host = node({ settings: { distribution: "el9" } });
      host.delete("/dev/sdf");
      host.write("/state/mappings/nvme0n1", "/dev/sda1");
      host.write("/state/mappings/nvme1n1", "/dev/sdg");
      host.cloudInit();
      host.start("stretch-install.service");
      const { status, log } = host.start("stretch-prepare.service");
      expect(status).toBe(1);
      expect(log).toContain("ERROR: no volume is mapped as /dev/sdf");
      expect(log).toMatch(SERVER_NEXT);
      expect(host.bytes("/dev/nvme1n1").equals(LEFTOVERS)).toBe(true);
    });
  });

  it("drops the line of the public address where it has none", () => {
    const host = node();
    host.delete("/state/metadata/public-ipv4");
    host.cloudInit();
    boot(host);
    expect(host.read("/etc/aerospike/aerospike.conf")).not.toMatch(/alternate-access-address/);
  });

  it("waits for instance metadata that does not answer, saying so", () => {
    const host = node();
    host.cloudInit();
    host.start("stretch-install.service");
    host.write("/stand-ins/curl", "#!/bin/bash\nexit 28\n");
    expect(host.startAndWait("stretch-prepare.service")).toContain(
      "instance metadata failed (try 1), again in 5 s. Whether this host has a public address is not known: is metadata (IMDSv2) enabled for this instance?\n",
    );
  });

  it("asks instance metadata again that is throttled, and keeps its public address", () => {
    const host = node();
    host.write("/state/metadata-status", "429");
    host.write("/state/metadata-failures", "2");
    host.cloudInit();
    host.start("stretch-install.service");
    const { status, log } = host.start("stretch-prepare.service");
    expect(status).toBe(0);
    expect(log.match(/instance metadata answers HTTP 429 to public-ipv4/g)).toHaveLength(2);
    expect(log).toContain("instance metadata failed (try 2), again in 10 s. ");
    expect(host.read("/etc/aerospike/aerospike.conf")).toContain("alternate-access-address 13.38.38.248\n");
  });

  it.each(["401", "503", "000"])(
    "waits where instance metadata gives a token, and then only status %s",
    (answer) => {
      const host = node();
      host.write("/state/metadata-status", answer);
      host.write("/state/metadata-failures", "99");
      host.cloudInit();
      host.start("stretch-install.service");
      expect(host.startAndWait("stretch-prepare.service")).toContain(
        "instance metadata failed (try 3), again",
      );
      expect(host.has("/etc/aerospike/aerospike.conf")).toBe(false);
    },
  );

  it("brings the AWS CLI and the SSM agent to an image that lacks them", () => {
    const host = node({ settings: { distribution: "el9" } });
    host.delete("/stand-ins/aws");
    host.delete("/state/units");
    host.offer("awscli-exe-linux-x86_64.zip", Buffer.from("zip"));
    host.cloudInit();
    host.start("stretch-install.service");
    expect(host.has("/stand-ins/aws")).toBe(true);
    expect(host.calls("dnf").at(1)).toMatch(
      /^dnf install -y https:\/\/s3\.eu-west-3\.amazonaws\.com\/.*amazon-ssm-agent\.rpm$/,
    );
    expect(host.calls("systemctl")).toContain("systemctl enable --now amazon-ssm-agent.service");
  });

  describe("downloading its package", () => {
    it("tries again for good, later each time, at most 10 minutes", () => {
      const host = node();
      host.write("/state/download-failures", "12");
      host.cloudInit();
      expect(host.start("stretch-install.service").status).toBe(0);
      expect(host.calls("sleep").map((call) => Number(call.split(" ")[1]))).toEqual([
        5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600,
      ]);
    });

    it("says in the journal what to look at, and installs nothing yet", () => {
      const host = node();
      host.write("/state/download-failures", "99");
      host.cloudInit();
      expect(host.startAndWait("stretch-install.service")).toContain(
        `download of ${PACKAGE_URL} failed (try 1), again in 5 s. Does it exist, is it the one that packageSha256 or packageKey names, and is it reachable from here`,
      );
      expect(host.calls("dnf")).toHaveLength(1);
      expect(host.calls("systemctl")).not.toContain("systemctl enable aerospike.service");
      expect(host.has("/var/lib/stretch/installed")).toBe(false);
    });

    it("takes https alone, and gives up a download that stalls", () => {
      const host = node();
      host.cloudInit();
      host.start("stretch-install.service");
      const [download] = host.calls("curl").filter((call) => call.includes("download.aerospike.com"));
      expect(download).toContain(
        "--location --proto =https --connect-timeout 10 --speed-limit 1024 --speed-time 30 --max-time 1800 ",
      );
    });

    it("starts a stalled download again, as curl itself does it", async () => {
      const server = await stallingServer();
      try {
        const packageUrl = `http://127.0.0.1:${server.port}/server.tgz`;
        const host = node({ settings: { packageUrl, packageSha256: PACKAGE_SHA256 } });
        host.cloudInit();
        host.write("/offered", host.bytes("/state/downloads/server.tgz"));
        server.serve(host.root);
        // The time limits in seconds for a test: everything else is what the host asks for.
        host.write(
          "/stand-ins/curl",
          '#!/bin/bash\narguments=("$@")\nfor i in "${!arguments[@]}"; do [[ ${arguments[i]} != --speed-time ]] || arguments[i + 1]=1; done\n' +
            'echo "curl $*" >>/state/calls\nexec /usr/bin/curl "${arguments[@]}"\n',
        );
        const { status, log } = host.start("stretch-install.service");
        expect(log).toContain("curl: (28)");
        expect(log).toContain(`download of ${packageUrl} failed (try 1), again in 5 s`);
        expect(status).toBe(0);
        expect(host.calls("dnf").at(-1)).toContain("aerospike-server-enterprise-8.1.2.5");
      } finally {
        server.stop();
      }
    });

    it("installs nothing that is not the package of the checksum", () => {
      const host = node({ settings: { packageSha256: "0".repeat(64) } });
      host.cloudInit();
      const log = host.startAndWait("stretch-install.service");
      expect(log).toContain(`the package's SHA-256 is not ${"0".repeat(64)}`);
      expect(host.calls("dnf")).toHaveLength(1);
    });

    it("asks nobody for a checksum where the user gave one", () => {
      const host = node({ settings: { packageSha256: PACKAGE_SHA256 } });
      host.cloudInit();
      expect(host.start("stretch-install.service").status).toBe(0);
      expect(host.calls("curl").join("\n")).not.toContain(".sha256");
    });

    it("takes it from S3 with the host's own role", () => {
      const host = node({ settings: { packageUrl: "s3://mirror/aerospike/server.tgz" } });
      host.cloudInit();
      boot(host);
      expect(host.calls("aws")[0]).toBe(
        "aws s3 cp --only-show-errors --region eu-west-3 --cli-connect-timeout 10 --cli-read-timeout 30 s3://mirror/aerospike/server.tgz /var/lib/stretch/download/package.tgz",
      );
    });

    it("waits where the package manager cannot install", () => {
      const host = node();
      host.write("/state/dnf-failures", "99");
      host.cloudInit();
      expect(host.startAndWait("stretch-install.service")).toContain(
        "installation of chrony jq logrotate failed (try 1), again in 5 s. Does this subnet reach the package manager's repositories?\n",
      );
    });
  });

  describeWith(["gpg"], "with its packager's key", () => {
    let key: PackagerKey;
    beforeAll(() => (key = new PackagerKey()));
    afterAll(() => key.remove());

    function signed(signature: Buffer): ScratchHost {
      const host = node({ settings: { packageKey: key.publicKey } });
      const name = PACKAGE_URL.split("/").at(-1)!;
      host.write(`/state/downloads/${name}.asc`, signature);
      host.cloudInit();
      return host;
    }
    const served = () => {
      const { host } = newNode();
      hosts.push(host);
      return host.bytes(`/state/downloads/${PACKAGE_URL.split("/").at(-1)!}`);
    };

    it("installs what that key signed", () => {
      const host = signed(key.sign(served()));
      expect(host.start("stretch-install.service").status).toBe(0);
      expect(host.calls("dnf")).toHaveLength(2);
    });

    it("installs nothing that another key signed", () => {
      const other = new PackagerKey();
      const host = signed(other.sign(served()));
      other.remove();
      expect(host.startAndWait("stretch-install.service")).toContain(
        "the package's signature is not one of packageKey\n",
      );
      expect(host.calls("dnf")).toHaveLength(1);
    });

    it("installs nothing that has no signature", () => {
      const host = signed(key.sign(served()));
      host.delete(`/state/downloads/${PACKAGE_URL.split("/").at(-1)!}.asc`);
      host.startAndWait("stretch-install.service");
      expect(host.calls("dnf")).toHaveLength(1);
    });
  });

  describe("with a feature key", () => {
    const settings = { featureKeyArn: FEATURE_KEY_ARN };

    it("reads it at boot from its own region, for root only, and says nothing of it", () => {
      const host = node({ settings });
      host.write("/state/secrets/aerospike-feature-key", FEATURE_KEY);
      host.cloudInit();
      host.start("stretch-install.service");
      const { status, log } = host.start("stretch-prepare.service");
      expect(status).toBe(0);
      expect(host.read("/etc/aerospike/features.conf")).toBe(FEATURE_KEY);
      expect(host.run(["stat", "-c", "%a", "/etc/aerospike/features.conf"]).log).toBe("600\n");
      expect(host.calls("aws")).toEqual([
        `aws ssm get-parameter --region eu-west-1 --name ${FEATURE_KEY_ARN} --with-decryption --query Parameter.Value --output text --cli-connect-timeout 10 --cli-read-timeout 20`,
      ]);
      expect(log + host.calls().join("\n")).not.toContain("serial-number");
    });

    it.each([
      ["string", "feature-key-Ab12Cd"],
      ["binary", "feature-key-Ab12Cd.binary"],
    ])("reads a %s secret, byte for byte", (_, file) => {
      const host = node({ settings: { featureKeyArn: FEATURE_KEY_SECRET_ARN } });
      host.write(`/state/secrets/${file}`, FEATURE_KEY);
      host.cloudInit();
      boot(host);
      expect(host.read("/etc/aerospike/features.conf")).toBe(FEATURE_KEY);
    });

    it("waits where there is none, naming the ARN, and leaves no half a file", () => {
      const host = node({ settings });
      host.cloudInit();
      host.start("stretch-install.service");
      expect(host.startAndWait("stretch-prepare.service")).toContain(
        `reading the feature key ${FEATURE_KEY_ARN} failed (try 1), again in 5 s. Does it exist`,
      );
      expect(host.run(["ls", "/etc/aerospike"]).log).toBe("aerospike.conf\n");
    });

    it("boots again while AWS does not answer, with the key of the boot before", () => {
      const host = node({ settings });
      host.write("/state/secrets/aerospike-feature-key", FEATURE_KEY);
      host.cloudInit();
      boot(host);
      host.delete("/state/secrets/aerospike-feature-key");
      const { status, log } = host.start("stretch-prepare.service");
      expect(status).toBe(0);
      expect(log).toContain(
        `reading the feature key ${FEATURE_KEY_ARN} failed: the value of an earlier boot stays.`,
      );
      expect(host.read("/etc/aerospike/features.conf")).toBe(FEATURE_KEY);
      expect(host.calls("sleep")).toEqual([]);
    });

    it("takes a new key at the next boot", () => {
      const host = node({ settings });
      host.write("/state/secrets/aerospike-feature-key", FEATURE_KEY);
      host.cloudInit();
      boot(host);
      host.write("/state/secrets/aerospike-feature-key", "renewed\n");
      boot(host);
      expect(host.read("/etc/aerospike/features.conf")).toBe("renewed\n");
    });
  });

  describe("with access control", () => {
    const settings = { usersSecretArns: USERS_SECRET_ARNS };
    function secured(firstPassword?: string): ScratchHost {
      const host = node({ settings });
      withUsers(host, firstPassword);
      host.cloudInit();
      boot(host);
      return host;
    }
    function users(host: ScratchHost) {
      return Object.fromEntries(
        ["admin", "loader", "operator"].map((user) => [
          user,
          host.has(`/state/passwords/${user}`) && host.read(`/state/passwords/${user}`).trim(),
        ]),
      );
    }

    it("gives the server the secret's admin password as its first one", () => {
      const host = secured();
      expect(host.read("/etc/aerospike/admin-password")).toBe(PASSWORDS.admin);
      expect(host.run(["stat", "-c", "%a", "/etc/aerospike/admin-password"]).log).toBe("600\n");
      expect(host.read("/etc/aerospike/aerospike.conf")).toContain(
        "default-password-file /etc/aerospike/admin-password",
      );
    });

    it("creates loader and operator", () => {
      const host = secured();
      expect(host.start("stretch-users.service").status).toBe(0);
      expect(users(host)).toEqual(PASSWORDS);
      expect(host.read("/state/roles/loader")).toBe("read-write\n");
      expect(host.read("/state/roles/operator")).toBe("sys-admin user-admin\n");
    });

    it("changes the default admin password where the server still has it", () => {
      const host = secured("admin");
      expect(host.start("stretch-users.service").log).toContain("changing the default admin password");
      expect(users(host)).toEqual(PASSWORDS);
    });

    it("shows no password in a log, nor in the arguments of a command", () => {
      const host = secured("admin");
      const { log } = host.start("stretch-users.service");
      for (const password of Object.values(PASSWORDS)) {
        expect(log).not.toContain(password);
        expect(host.calls().join("\n")).not.toContain(password);
      }
      expect(new Set(host.read("/state/command-modes").trim().split("\n"))).toEqual(new Set(["600"]));
      expect(host.run(["find", "/run/stretch", "-name", "command*", "-o", "-name", "default*"]).log).toBe("");
    });

    it("makes no user twice", () => {
      const host = secured();
      host.start("stretch-users.service");
      host.forgetCalls();
      expect(host.start("stretch-users.service")).toEqual({ status: 0, log: "" });
      expect(host.calls()).toEqual([]);
    });

    it("goes on where it was interrupted", () => {
      const host = secured();
      host.write("/state/passwords/loader", PASSWORDS.loader);
      const { status, log } = host.start("stretch-users.service");
      expect(status).toBe(0);
      expect(log).toContain("user loader is there already");
      expect(host.calls("asadm")).toHaveLength(1);
      expect(users(host)).toEqual(PASSWORDS);
    });

    it("fails, and changes nothing, where a user has another password", () => {
      const host = secured();
      host.write("/state/passwords/loader", "another");
      const { status, log } = host.start("stretch-users.service");
      expect(status).toBe(1);
      expect(log).toContain("ERROR: user loader cannot log in with the secret's password");
      expect(users(host).loader).toBe("another");
    });

    it("waits until the cluster is whole", () => {
      const host = secured();
      host.write("/state/observed", `${PLANNED.slice(0, 4).join(",")}\n`);
      const log = host.startAndWait("stretch-users.service");
      expect(log).toBe(
        "waiting: the cluster has not exactly its 6 nodes yet (ERROR:7:unstable cluster); missing: A129@32 A70@33\n",
      );
      expect(host.calls("asadm")).toEqual([]);
    });

    it("waits where there are more nodes than planned", () => {
      const host = secured();
      host.write("/state/observed", `${[...PLANNED, "A99@33"].join(",")}\n`);
      expect(host.startAndWait("stretch-users.service")).toBe(
        "waiting: the cluster has not exactly its 6 nodes yet (ERROR:7:unstable cluster); missing:\n",
      );
    });

    it("does not call a node missing where the server no longer answers", () => {
      const host = secured();
      const asinfo =
        "#!/bin/bash\n[[ $* == *build* ]] || { echo 'ERROR: Not able to connect' >&2; exit 1; }\n";
      host.write("/stand-ins/asinfo", asinfo);
      expect(host.startAndWait("stretch-users.service")).toBe(
        "waiting: the cluster has not exactly its 6 nodes yet (ERROR: Not able to connect); missing: not known\n",
      );
    });

    it("waits for a secret that is missing", () => {
      const host = node({ settings });
      host.cloudInit();
      host.start("stretch-install.service");
      expect(host.startAndWait("stretch-prepare.service")).toContain(
        `reading admin's password ${USERS_SECRET_ARNS.admin} failed (try 1), again in 5 s.`,
      );
    });

    it("boots again while AWS does not answer", () => {
      const host = secured();
      host.delete("/state/secrets/admin-Ab12Cd");
      expect(host.start("stretch-prepare.service").status).toBe(0);
      expect(host.read("/etc/aerospike/admin-password")).toBe(PASSWORDS.admin);
    });

    it.each([
      ["is missing", undefined],
      ["is empty", ""],
    ])("waits for the operator's secret that %s, naming it", (_, secret) => {
      const host = secured();
      host.delete("/state/secrets/operator-Ab12Cd");
      if (secret !== undefined) host.write("/state/secrets/operator-Ab12Cd", secret);
      expect(host.startAndWait("stretch-users.service")).toContain(
        `reading the password of operator, ${USERS_SECRET_ARNS.operator}, failed (try 1), again in 5 s.`,
      );
    });

    it("takes a password that ends with a line end, as editors write it", () => {
      const host = secured();
      host.write("/state/secrets/loader-Ab12Cd", `${PASSWORDS.loader}\n`);
      expect(host.start("stretch-users.service").status).toBe(0);
      expect(users(host)).toEqual(PASSWORDS);
    });

    it("fails where a password cannot be typed into asadm, without showing it", () => {
      const host = secured();
      host.write("/state/secrets/loader-Ab12Cd", "with a 'space");
      const { status, log } = host.start("stretch-users.service");
      expect(status).toBe(1);
      expect(log).toContain("ERROR: the password of loader, " + USERS_SECRET_ARNS.loader);
      expect(log).not.toContain("space");
    });

    it("sets the roster as operator", () => {
      const host = secured();
      host.start("stretch-users.service");
      expect(host.start("stretch-roster.service").status).toBe(0);
      expect(roster(host)).toEqual([...PLANNED].sort());
    });

    it("waits with the roster until there are users", () => {
      const host = secured();
      const log = host.startAndWait("stretch-roster.service");
      expect(log).toBe(
        "waiting: the server does not answer for namespace mydata yet, or does not let operator in yet " +
          "(stretch-users on the first node makes it): ERROR: Not able to login and authenticate any cluster\n",
      );
    });

    it("shows no password where asinfo's error has one", () => {
      const host = secured();
      host.write(
        "/stand-ins/asinfo",
        `#!/bin/bash\necho ERROR: first; echo 'ERROR: bad ${PASSWORDS.operator}' >&2; exit 1\n`,
      );
      const log = host.startAndWait("stretch-roster.service");
      expect(log).toMatch(/ERROR: first\n$/);
      expect(log).not.toContain(PASSWORDS.operator);
    });

    it("asks asinfo as operator on every node, and makes users on the first only", () => {
      const host = node({ settings, identity: { nodeId: "A70" } });
      withUsers(host);
      host.delete("/state/secrets/loader-Ab12Cd");
      host.write("/state/passwords/operator", PASSWORDS.operator);
      host.cloudInit();
      boot(host);
      expect(host.has("/opt/stretch/bin/users")).toBe(false);
      expect(host.run(["/opt/stretch/bin/asinfo", "-v", "build"]).log).toBe("8.1.2.5\n");
    });
  });

  describe("with TLS", () => {
    function encrypted(settings: NodeProps["settings"] = {}): ScratchHost {
      const host = node({ settings: { tls: TLS, ...settings } });
      withTls(host);
      withUsers(host);
      host.cloudInit();
      host.start("stretch-install.service");
      return host;
    }
    const PREPARE = "stretch-prepare.service";
    const kept = (host: ScratchHost) =>
      ["certificate", "key", "ca"].map((name) => host.read(`/etc/aerospike/tls/${name}.pem`).trim());

    it("reads certificate, key and CA into files of root, the key for nobody else", () => {
      const host = encrypted();
      const { status, log } = host.start(PREPARE);
      expect(status).toBe(0);
      expect(kept(host)).toEqual(["first certificate", "first key", "first ca"]);
      expect(host.run(["sh", "-c", "cd /etc/aerospike && stat -c '%u:%g %a %n' tls tls/*"]).log).toBe(
        "0:0 755 tls\n0:0 644 tls/ca.pem\n0:0 600 tls/certificate.pem\n0:0 600 tls/key.pem\n",
      );
      expect(log + host.calls().join("\n")).not.toContain("first key");
      const conf = host.read("/etc/aerospike/aerospike.conf");
      expect(conf).toContain("tls-alternate-access-address 13.38.38.248\n");
      for (const [, file] of conf.matchAll(/-file (\S+tls\S+)/g)) expect(host.has(file)).toBe(true);
    });

    it("boots again while AWS does not answer", () => {
      const host = encrypted();
      host.start(PREPARE);
      host.delete("/state/secrets");
      const { status, log } = host.start(PREPARE);
      expect(status).toBe(0);
      expect(log).toContain(`${TLS.caArn}, failed: the value of an earlier boot stays.`);
      expect(kept(host)).toEqual(["first certificate", "first key", "first ca"]);
      expect(host.calls("sleep")).toEqual([]);
    });

    it("takes new ones at the next boot, all or none", () => {
      const host = encrypted();
      host.start(PREPARE);
      withTls(host, "second");
      host.delete("/state/secrets/key-Ab12Cd");
      host.start(PREPARE);
      expect(kept(host)).toEqual(["first certificate", "first key", "first ca"]);
      withTls(host, "second");
      host.start(PREPARE);
      expect(kept(host)).toEqual(["second certificate", "second key", "second ca"]);
      expect(host.run(["ls", "/etc/aerospike"]).log).toBe("aerospike.conf\ntls\n");
    });

    it("waits for a key that is missing, naming what it reads, and leaves no half of it", () => {
      const host = encrypted();
      host.delete("/state/secrets/key-Ab12Cd");
      expect(host.startAndWait(PREPARE)).toContain(
        `reading certificate, key and CA, ${TLS.certificateArn}, ${TLS.keyArn}, ${TLS.caArn}, failed (try 1), again in 5 s.`,
      );
      expect(host.has("/etc/aerospike/tls")).toBe(false);
    });

    it("asks its server over TLS, by name, without access control", () => {
      const host = encrypted();
      host.delete("/state/passwords");
      host.start(PREPARE);
      expect(host.run(["/opt/stretch/bin/asinfo", "-v", "build"])).toEqual({ status: 0, log: "8.1.2.5\n" });
      expect(host.start("stretch-roster.service").status).toBe(0);
      expect(roster(host)).toEqual([...PLANNED].sort());
    });

    it("makes users and sets the roster over TLS", () => {
      const host = encrypted({ usersSecretArns: USERS_SECRET_ARNS });
      host.write("/state/passwords/admin", "admin\n");
      host.start(PREPARE);
      expect(host.start("stretch-users.service").status).toBe(0);
      expect(host.read("/state/passwords/loader").trim()).toBe(PASSWORDS.loader);
      expect(host.start("stretch-roster.service").status).toBe(0);
      expect(roster(host)).toEqual([...PLANNED].sort());
    });

    it("names the nodes that are missing, whom its server tells of over TLS alone", () => {
      const host = encrypted({ usersSecretArns: USERS_SECRET_ARNS });
      host.start(PREPARE);
      host.write("/state/observed", `${PLANNED.slice(0, 4).join(",")}\n`);
      expect(host.startAndWait("stretch-users.service")).toContain("missing: A129@32 A70@33\n");
    });
  });

  describe("and its roster", () => {
    function prepared(state: Record<string, string> = {}, identity: NodeProps["identity"] = {}): ScratchHost {
      const host = node({ identity });
      host.cloudInit();
      boot(host);
      for (const [file, content] of Object.entries(state)) host.write(`/state/${file}`, `${content}\n`);
      return host;
    }
    const changes = (host: ScratchHost) =>
      host.calls("asinfo").filter((call) => /roster-set|recluster/.test(call));

    it("is set by the principal when exactly the planned nodes are observed", () => {
      const host = prepared();
      const { status, log } = host.start("stretch-roster.service");
      expect(status).toBe(0);
      expect(roster(host)).toEqual([...PLANNED].sort());
      expect(changes(host)).toHaveLength(2);
      expect(log).toContain(`setting the roster: ${[...PLANNED].sort().join(",")}`);
      expect(log).toContain("the roster is the planned one");
    });

    it("is left to the principal on every other node", () => {
      const host = prepared({}, { nodeId: "A70" });
      const log = host.startAndWait("stretch-roster.service");
      expect(log).toBe("waiting: all planned nodes are here; the principal sets the roster\n");
      expect(changes(host)).toEqual([]);
    });

    it("waits for a node that never comes, saying once which", () => {
      const host = prepared({ observed: "A882@33,A600@32,A517@33,A352@32,A70@33" });
      const log = host.startAndWait("stretch-roster.service");
      expect(log).toBe(
        "waiting: observed A352@32,A517@33,A600@32,A70@33,A882@33; missing: A129@32; not planned: \n",
      );
      expect(changes(host)).toEqual([]);
    });

    it("waits where a node is observed that nobody planned, or on another rack", () => {
      const host = prepared({ observed: "A882@33,A600@32,A517@33,A352@32,A129@32,A70@70" });
      expect(host.startAndWait("stretch-roster.service")).toContain("missing: A70@33; not planned: A70@70");
      expect(changes(host)).toEqual([]);
    });

    it("waits for a server that is not up", () => {
      const host = prepared({ "server-down": "" });
      expect(host.startAndWait("stretch-roster.service")).toBe(
        "waiting: the server does not answer for namespace mydata yet: ERROR: Not able to connect any cluster with 127.0.0.1\n",
      );
    });

    it("is never touched where one is set, be it another", () => {
      const host = prepared({ roster: "A600@32,A352@32,A129@32" });
      const { status, log } = host.start("stretch-roster.service");
      expect(status).toBe(0);
      expect(log).toContain("left as it is: A600@32,A352@32,A129@32");
      expect(changes(host)).toEqual([]);
    });

    it("goes on where it was interrupted between staging and recluster", () => {
      const host = prepared({ pending: PLANNED.join(",") });
      expect(host.start("stretch-roster.service").status).toBe(0);
      expect(roster(host)).toEqual([...PLANNED].sort());
    });

    describe("with an active rack", () => {
      const planned = [...PLANNED].sort().join(",");
      function active(state: Record<string, string> = {}): ScratchHost {
        const host = node({
          identity: { namespace: { ...A882.namespace, activeRack: 32 } },
          settings: { version: "8.1.2.5" },
        });
        host.cloudInit();
        boot(host);
        for (const [file, content] of Object.entries(state)) host.write(`/state/${file}`, `${content}\n`);
        return host;
      }

      it.each([
        ["observed with the nodes", `M32|${PLANNED.join(",")}`],
        ["not observed before a recluster", PLANNED.join(",")],
      ])("is staged with it, %s", (_, observed) => {
        const host = active({ observed });
        const { status, log } = host.start("stretch-roster.service");
        expect(status).toBe(0);
        expect(host.read("/state/roster").trim()).toBe(`M32|${planned}`);
        expect(log).toContain(`the roster is the planned one: M32|${planned}`);
      });

      it("waits for a node that is missing, naming it without the prefix", () => {
        const host = active({ observed: `M32|${PLANNED.slice(1).join(",")}` });
        expect(host.startAndWait("stretch-roster.service")).toContain("missing: A882@33; not planned: \n");
        expect(changes(host)).toEqual([]);
      });

      it.each([planned, `M33|${planned}`])("is never touched where %s is set", (set) => {
        const host = active({ roster: set });
        const { status, log } = host.start("stretch-roster.service");
        expect(status).toBe(0);
        expect(log).toContain(`left as it is: ${set}, planned: M32|${planned}`);
        expect(changes(host)).toEqual([]);
      });
    });

    it("is never touched where one with an active rack is set, which was not planned", () => {
      const host = prepared({ roster: `M33|${PLANNED.join(",")}` });
      expect(host.start("stretch-roster.service").log).toContain(`left as it is: M33|${PLANNED.join(",")}`);
      expect(changes(host)).toEqual([]);
    });

    it("does not exist in an availability mode namespace", () => {
      const host = node({ identity: { namespace: { ...A882.namespace, strongConsistency: false } } });
      host.cloudInit();
      expect(host.has("/opt/stretch/bin/roster")).toBe(false);
    });
  });
});
