import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { App, Testing } from "cdktf";
import { scenarios } from "../../scenarios";
import { Template } from "../support/template";

const userArn = (user: string) => `arn:aws:secretsmanager:eu-west-2:123456789012:secret:users/${user}-AbCdEf`;
const USERS = { admin: userArn("admin"), loader: userArn("loader"), operator: userArn("operator") };
const KEY = "arn:aws:ssm:eu-west-2:123456789012:parameter/feature-key";

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  "the settings of %s",
  (_, scenario) => {
    function build(settings: object, others: object = {}): Template {
      const outdir = mkdtempSync(join(tmpdir(), "stretch-synth-"));
      try {
        const app = Testing.stubVersion(new App({ outdir, context: { settings, ...others } }));
        return Template.parse(Testing.synth(scenario.build(app), true));
      } finally {
        rmSync(outdir, { recursive: true, force: true });
      }
    }

    it("are those of the context in cdktf.json, on every database host and in the roles", () => {
      const template = build({ featureKeyArn: KEY, usersSecretArns: USERS, version: "8.1.2.5" });
      const userData = template
        .resources("aws_instance")
        .map(({ user_data_base64 }): string => user_data_base64)
        .filter((encoded) => !encoded.startsWith("$"))
        .map((encoded) => gunzipSync(Buffer.from(encoded, "base64")).toString("utf8"));
      expect(userData.length).toBeGreaterThanOrEqual(6);
      for (const text of userData) {
        expect(text).toContain(`FEATURE_KEY_ARN='${KEY}'\n`);
        expect(text).toContain("aerospike-server-enterprise_8.1.2.5_");
      }
      const hostPolicies = template
        .resources("aws_iam_role_policy")
        .map(({ policy }): string => policy)
        .filter((policy) => policy.includes("SystemsManagerAgent"));
      expect(hostPolicies.length).toBeGreaterThanOrEqual(2);
      // A database host, or a client: none reads what only the other needs.
      for (const policy of hostPolicies) {
        const read = Object.entries(USERS).flatMap(([user, arn]) => (policy.includes(arn) ? [user] : []));
        expect(["admin,operator", "admin,loader,operator", "loader"]).toContain(read.join(","));
      }
    });

    it("stand beside what the client hosts install and where from", () => {
      const template = build(
        {},
        { packageSpec: "s3://packages/stretch.tgz", npmRegistry: "https://npm.example.internal/" },
      );
      // A client's user data holds its bucket's name, which Terraform puts in: its text is the base64 within.
      const clients = template
        .resources("aws_instance")
        .map(({ user_data_base64 }): string => user_data_base64)
        .filter((encoded) => encoded.startsWith("$"))
        .map((encoded) => Buffer.from(/base64decode\("([^"]+)"\)/.exec(encoded)![1], "base64").toString());
      expect(clients.length).toBeGreaterThanOrEqual(2);
      for (const text of clients) {
        expect(text).toContain("PACKAGE_SPEC='s3://packages/stretch.tgz'\n");
        expect(text).toContain("NPM_REGISTRY='https://npm.example.internal/'\n");
      }
    });

    it("fail where the context has one that does not exist", () => {
      expect(() => build({ featureKey: KEY })).toThrow('settings has no such setting: got "featureKey"');
    });
  },
);
