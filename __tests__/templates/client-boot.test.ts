import { type ClientHostFilesProps, clientHostFiles } from "../../modules/hosts/host-files";
import { ScratchHost } from "./support/scratch-host";
import { describeWith } from "../support/requirements";

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
    host.cloudInit();
    return host;
  }

  it("installs Node.js 20, netcat and the package with its database client", () => {
    const host = client();
    expect(host.start("stretch-client.service").status).toBe(0);
    expect(host.calls("dnf")).toEqual(["dnf install -y chrony jq nmap-ncat nodejs20 nodejs20-npm"]);
    expect(host.calls("npm")).toEqual([
      "npm install --prefix /opt/stretch/package --no-audit --no-fund cdktf-stretch-cluster@1.2.3 aerospike@^6.7.1",
    ]);
    expect(host.run(["readlink", "/usr/local/bin/stretch"]).log).toBe(
      "/opt/stretch/package/node_modules/.bin/stretch\n",
    );
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
    host.offer("stretch-1.2.3.tgz", Buffer.from("packed"));
    expect(host.start("stretch-client.service").status).toBe(0);
    expect(host.read("/var/lib/stretch/package.tgz")).toBe("packed");
    expect(host.calls("npm")[0]).toContain("/var/lib/stretch/package.tgz aerospike@^6.7.1");
  });

  it("chooses Node.js 20 among the modules of another distribution", () => {
    const host = client({ distribution: "el9" });
    host.start("stretch-client.service");
    expect(host.calls("dnf")).toEqual([
      "dnf module enable -y nodejs:20",
      "dnf install -y chrony jq nmap-ncat nodejs npm unzip",
    ]);
  });

  it("tries npm again for good, saying what to look at", () => {
    const host = client();
    host.write("/state/npm-failures", "99");
    expect(host.startAndWait("stretch-client.service")).toContain(
      "installation of cdktf-stretch-cluster@1.2.3 failed (try 3), again in 20 s. npm cannot install it with aerospike@^6.7.1: see above.\n",
    );
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
});
