import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { mockEnvironment, refuseRealAws } from "./environment";

const SAFE = { AWS_ENDPOINT_URL: "http://127.0.0.1:5000", AWS_ACCESS_KEY_ID: "mock" };

describe("the guard against real AWS accounts", () => {
  it.each(["http://127.0.0.1:5000", "http://localhost:5000/", "http://[::1]:5000", "http://127.3.2.1"])(
    "lets %s pass",
    (endpoint) => {
      expect(() => refuseRealAws({ ...SAFE, AWS_ENDPOINT_URL: endpoint })).not.toThrow();
    },
  );

  it.each([
    undefined,
    "",
    "https://ec2.eu-west-2.amazonaws.com",
    "http://127.0.0.1.example.org:5000",
    "http://localhost@example.org",
    "http://10.0.0.1:5000",
    "http://0.0.0.0:5000",
  ])("fails for the endpoint %p", (endpoint) => {
    expect(() => refuseRealAws({ ...SAFE, AWS_ENDPOINT_URL: endpoint })).toThrow(/real AWS account/);
  });

  it.each([
    ["an endpoint of one service", { AWS_ENDPOINT_URL_EC2: "https://ec2.eu-west-2.amazonaws.com" }],
    ["endpoints that are ignored", { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }],
    ["a profile", { AWS_PROFILE: "production" }],
    ["a key of the user's", { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" }],
  ])("fails for %s", (_, more) => {
    expect(() => refuseRealAws({ ...SAFE, ...more })).toThrow(/real AWS account/);
  });
});

describe("the environment of an end-to-end test", () => {
  const before = { ...process.env };
  const dir = mkdtempSync(path.join(tmpdir(), "stretch-environment-"));
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it("has nothing of the user's AWS and Terraform settings", () => {
    process.env.AWS_PROFILE = "production";
    process.env.AWS_SESSION_TOKEN = "secret";
    process.env.TF_VAR_fault = "split";
    process.env.CDKTF_LOG_LEVEL = "debug";
    const env = mockEnvironment(SAFE.AWS_ENDPOINT_URL, dir);
    expect(() => refuseRealAws(env)).not.toThrow();
    expect(Object.keys(env)).toEqual(
      expect.not.arrayContaining(["AWS_SESSION_TOKEN", "TF_VAR_fault", "CDKTF_LOG_LEVEL"]),
    );
    expect(env.PATH).toBe(process.env.PATH);
  });

  it("takes providers from the folder that STRETCH_TF_MIRROR names", () => {
    mkdirSync(path.join(dir, "registry.terraform.io/hashicorp/aws"), { recursive: true });
    process.env.STRETCH_TF_MIRROR = dir;
    const { TF_CLI_CONFIG_FILE } = mockEnvironment(SAFE.AWS_ENDPOINT_URL, dir);
    const config = readFileSync(TF_CLI_CONFIG_FILE, "utf8");
    expect(config).toContain(`path = "${dir}"`);
    expect(config).toContain('exclude = ["registry.terraform.io/hashicorp/aws"]');
  });
});
