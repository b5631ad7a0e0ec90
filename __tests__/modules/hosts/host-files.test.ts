import { execFileSync } from "node:child_process";
import { TerraformVariable } from "cdktf";
import { clientHostFiles, type NodeIdentity } from "../../../modules/hosts/host-files";
import type { AerospikeSettings } from "../../../modules";
import { A882, filesOf, USERS_SECRET_ARNS } from "../../templates/support/nodes";
import { errorOf } from "../../support/errors";
import { Template } from "../../support/template";

function paths(identity: Partial<NodeIdentity> = {}, settings: AerospikeSettings = {}): string[] {
  return filesOf({ ...A882, ...identity }, settings).files.map(({ path }) => path);
}

describe("the files of a database host", () => {
  it("are the same at every synth", () => {
    expect(filesOf(A882)).toEqual(filesOf({ ...A882 }, {}));
  });

  it("set the roster on every node of a strong consistency namespace, and of no other", () => {
    expect(paths()).toContain("/opt/stretch/bin/roster");
    expect(paths({ namespace: { ...A882.namespace, strongConsistency: false } })).not.toContain(
      "/opt/stretch/bin/roster",
    );
  });

  it("make users on the first planned node only, and only where there is a secret for them", () => {
    const settings = { usersSecretArns: USERS_SECRET_ARNS };
    expect(paths({}, settings)).toContain("/opt/stretch/bin/users");
    expect(paths({ nodeId: "A70" }, settings)).not.toContain("/opt/stretch/bin/users");
    expect(paths()).not.toContain("/opt/stretch/bin/users");
  });

  it("name a node of rack 0 as the roster does, without a rack", () => {
    const identity = { rackId: 0, plannedNodes: ["A882", "A600"] };
    expect(paths(identity, { usersSecretArns: USERS_SECRET_ARNS })).toContain("/opt/stretch/bin/users");
  });

  it("give the package's address to the shell as it is", () => {
    const packageUrl = "https://mirror/it's/a(1)&$HOME;3.tgz";
    const { files } = filesOf(A882, { packageUrl, packageSha256: "0".repeat(64) });
    const env = files.find(({ path }) => path === "/etc/stretch/host.env")!.content;
    const shown = execFileSync("bash", ["-euc", `${env}\nprintf %s "$PACKAGE_URL"`], { encoding: "utf8" });
    expect(shown).toBe(packageUrl);
  });

  it("fail for a file that the root volume cannot hold", () => {
    const message = errorOf(() => filesOf(A882, { storage: { engine: "memory", filesizeGib: 5 } }));
    expect(message).toContain(
      "storage.filesizeGib does not fit the root volume: got 5; expected at most 4 GiB",
    );
    expect(() =>
      filesOf({ ...A882, rootVolumeSize: 11 }, { storage: { engine: "memory", filesizeGib: 5 } }),
    ).not.toThrow();
  });

  it("fail for a data volume larger than the server takes", () => {
    const act = () => filesOf({ ...A882, dataVolumeSize: 2049 }, { storage: { engine: "device" } });
    expect(errorOf(act)).toContain("the data volume's size is out of range: got 2049");
  });

  it("fail for a mapping name that EC2 does not give to data volumes", () => {
    expect(errorOf(() => filesOf({ ...A882, dataDevice: "/dev/nvme1n1" }))).toContain('got "/dev/nvme1n1"');
  });

  it("fail for a cluster name that is too long", () => {
    expect(errorOf(() => filesOf({ ...A882, clusterName: "c".repeat(64) }))).toContain(
      "clusterName is malformed",
    );
  });

  it("fail for a namespace that the server would refuse", () => {
    const namespace = { ...A882.namespace, replicationFactor: 7 };
    expect(errorOf(() => filesOf({ ...A882, namespace }))).toContain("expected at most 6");
  });
});

describe("the files of a client host", () => {
  const props = { name: "client", region: "eu-west-2", resultsBucket: "results", resultsPrefix: "client" };
  const env = (given: object = {}) => clientHostFiles({ ...props, ...given }).files[0].content;

  it("name no package of a registry unless one is given", () => {
    expect(env()).not.toMatch(/PACKAGE_SPEC|npm/);
    expect(env({ packageSpec: "s3://packages/p.tgz" })).toContain("PACKAGE_SPEC='s3://packages/p.tgz'\n");
  });

  it("let Terraform put in what only it knows", () => {
    const encoded = (
      Template.of((stack) => {
        const resultsBucket = new TerraformVariable(stack, "bucket", { type: "string" }).stringValue;
        stack.addOverride("locals.user_data", clientHostFiles({ ...props, resultsBucket }).userDataBase64);
      }) as unknown as { parsed: { locals: { user_data: string } } }
    ).parsed.locals.user_data;
    const form = /^\$\{base64gzip\(replace\(base64decode\("(.+)"\), "@TERRAFORM_0@", var\.bucket\)\)\}$/;
    const text = Buffer.from(form.exec(encoded)![1], "base64").toString("utf8");
    expect(text).toContain("RESULTS_BUCKET='@TERRAFORM_0@'\n");
    expect(text).toContain("RESULTS_PREFIX='client'\n");
    expect(text).not.toContain("TfToken");
  });

  it("fail for an id that an IAM policy or a bucket would take for more than a name", () => {
    for (const resultsPrefix of ["*", "a/../b", "${aws:username}", "a\nb"]) {
      expect(errorOf(() => clientHostFiles({ ...props, resultsPrefix }))).toContain(
        "the id, which is the prefix of its results, is malformed",
      );
    }
  });

  it("stay a comment's line where the name has several", () => {
    const { userData } = clientHostFiles({ ...props, name: "a\nruncmd: [reboot]\u2028" });
    expect(userData.split("\n")[1]).toBe(
      "# a?runcmd: [reboot]?: files, then units. What makes a host of it happens in the units, at this boot and at every other.",
    );
  });

  it.each([
    "p; rm -rf /",
    "-g",
    "file:../p",
    "http://mirror/p.tgz",
    "https://mirror/p.tgz",
    "git+ssh://git@example.com/p.git",
    "github:me/p",
    "p",
    "p@latest",
    "p@^1.0.0",
    "@me/p",
    "s3://packages/p.zip",
    "P@1.0.0\n-g",
  ])("fail for the package %j", (packageSpec) => {
    const message = errorOf(() => clientHostFiles({ ...props, packageSpec }));
    expect(message).toContain("packageSpec is malformed: got");
    expect(message).toContain("expected NAME@VERSION with an exact version");
  });

  it.each(["@me/stretch@0.1.0", "stretch@1.2.3-beta.1", "s3://packages/a/p-0.1.0.tgz"])(
    "take the package %j",
    (packageSpec) => expect(env({ packageSpec })).toContain(`PACKAGE_SPEC='${packageSpec}'\n`),
  );

  it.each([
    "http://npm.example/",
    "https://me:hunter2@npm.example/",
    "https://npm.example/?token=hunter2",
    "npm",
  ])("fail for the registry %j, without showing a password", (npmRegistry) => {
    const message = errorOf(() => clientHostFiles({ ...props, packageSpec: "p@1.0.0", npmRegistry }));
    expect(message).toContain("npmRegistry is malformed: got");
    expect(message).not.toContain("hunter2");
  });
});
