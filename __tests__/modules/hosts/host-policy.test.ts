import { Token } from "cdktf";
import { ClientHost } from "../../../modules";
import { hostPolicy } from "../../../modules/hosts/host-policy";
import { cluster } from "../../support/fixtures";
import { Template } from "../../support/template";
import { TLS, USERS_SECRET_ARNS } from "../../templates/support/nodes";

const SECRET = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:users-AbCdEf";
const PARAMETER = "arn:aws:ssm:eu-west-2:123456789012:parameter/key";
const KEY = "arn:aws:kms:eu-west-2:123456789012:key/12345678-1234-1234-1234-123456789012";

describe("the policy of a host's role", () => {
  it("lets the Systems Manager agent work, and read no parameter", () => {
    const actions = hostPolicy("eu-west-2").flatMap(({ Action }) => Action);
    expect(actions).toContain("ssm:UpdateInstanceInformation");
    expect(actions).toContain("ssmmessages:OpenDataChannel");
    expect(actions.filter((action) => /GetParameter|GetSecretValue|Decrypt|s3:|\*/.test(action))).toEqual([]);
  });

  it("reads just the secret, the parameter and the key that are named", () => {
    expect(
      hostPolicy("eu-west-2", { secrets: [SECRET, undefined, PARAMETER], kmsKeyArn: KEY }).slice(1),
    ).toEqual([
      { Sid: "Secrets", Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [SECRET] },
      { Sid: "Parameters", Effect: "Allow", Action: ["ssm:GetParameter"], Resource: [PARAMETER] },
      { Sid: "Key", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [KEY] },
    ]);
  });

  it("decrypts with no key where it reads no secret", () => {
    expect(hostPolicy("eu-west-2", { kmsKeyArn: KEY })).toEqual(hostPolicy("eu-west-2"));
  });

  it("reads an ARN that only Terraform knows as either", () => {
    const arn = Token.asString({ resolve: () => SECRET, creationStack: [] });
    expect(hostPolicy("eu-west-2", { secrets: [arn] }).map(({ Sid }) => Sid)).toEqual([
      "SystemsManagerAgent",
      "Secrets",
      "Parameters",
    ]);
  });

  it("reads just the package of a mirror in S3, its checksum, and the signature that is asked for", () => {
    expect(hostPolicy("eu-west-2", { packageUrl: "s3://mirror/a/server.tgz" }).at(-1)).toEqual({
      Sid: "Package",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::mirror/a/server.tgz", "arn:aws:s3:::mirror/a/server.tgz.sha256"],
    });
    const signed = { packageUrl: "s3://mirror/a/server.tgz", packageKey: "a key" };
    expect(hostPolicy("eu-west-2", signed).at(-1)?.Resource).toContain(
      "arn:aws:s3:::mirror/a/server.tgz.asc",
    );
    expect(hostPolicy("cn-north-1", { packageUrl: "s3://mirror/server.tgz" }).at(-1)?.Resource).toContain(
      "arn:aws-cn:s3:::mirror/server.tgz",
    );
    expect(hostPolicy("eu-west-2", { packageUrl: "https://mirror.example/server.tgz" })).toHaveLength(1);
  });
});

describe("the secrets of a cluster with access control and TLS", () => {
  const settings = { featureKeyArn: PARAMETER, usersSecretArns: USERS_SECRET_ARNS, tls: TLS, kmsKeyArn: KEY };
  const tls = [TLS.certificateArn, TLS.keyArn, TLS.caArn];
  const { admin, loader, operator } = USERS_SECRET_ARNS;
  const template = Template.of((stack) => {
    // The first node of the roster is Paris's: there the users are made.
    const { vpcs } = cluster(stack, { settings });
    new ClientHost(stack, "client", { vpc: vpcs[0], settings });
  });
  /** What each role may read, by the name of the construct that it is of. */
  const read = Object.fromEntries(
    Object.entries(template.byId("aws_iam_role_policy")).map(([name, { policy }]) => {
      const { Statement } = JSON.parse(String(policy)) as {
        Statement: { Sid: string; Resource: string | string[] }[];
      };
      const arns = Statement.filter(({ Sid }) => Sid === "Secrets" || Sid === "Parameters");
      return [name.replace(/_policy.*/, ""), arns.flatMap(({ Resource }) => Resource).sort()];
    }),
  );

  it("are read by those alone who need them", () => {
    expect(read).toEqual({
      "cluster_role-london": [admin, operator, PARAMETER, ...tls].sort(),
      "cluster_role-paris": [admin, loader, operator, PARAMETER, ...tls].sort(),
      client_role: [loader, TLS.caArn].sort(),
    });
  });
});
