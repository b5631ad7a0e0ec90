import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { REPO, refuseRealAws } from "./support/environment";
import { Moto } from "./support/moto";
import { describeWith } from "../support/requirements";
import { run } from "./support/run";

describeWith(["moto"], "stretch secret create", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start();
  });
  afterAll(() => moto?.stop());

  const create = (...args: string[]) => {
    refuseRealAws(moto.env);
    return run(process.execPath, ["--import", "tsx", "cli/cli.ts", "secret", "create", ...args], {
      cwd: REPO,
      env: moto.env,
      timeoutMs: 60_000,
      okCodes: [0, 1, 2],
    });
  };
  const USERS = ["admin", "loader", "operator"];
  const stored = async (region: string, name: string) => {
    const client = new SecretsManagerClient(moto.client(region));
    const values = await Promise.all(
      USERS.map((user) => client.send(new GetSecretValueCommand({ SecretId: `${name}/${user}` }))),
    );
    return {
      passwords: values.map(({ SecretString }) => SecretString!),
      arns: Object.fromEntries(values.map(({ ARN }, i) => [USERS[i], ARN!])),
    };
  };
  const printed = (stdout: string) =>
    (JSON.parse(`{${stdout.slice(stdout.indexOf('"usersSecretArns"'))}}`) as { usersSecretArns: object })
      .usersSecretArns;

  it("stores a secret a user that the hosts make, each a password, and shows the ARNs only", async () => {
    const { code, stdout, stderr } = await create("users", "--region", "eu-west-2");
    const { passwords, arns } = await stored("eu-west-2", "users");
    expect(code).toBe(0);
    expect(new Set(passwords).size).toBe(3);
    expect(printed(stdout)).toEqual(arns);
    for (const password of passwords) {
      expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(stdout + stderr).not.toContain(password);
    }
  });

  it("replicates them to further regions, and names all by {region}", async () => {
    const { stdout } = await create("many", "--region", "eu-west-2", "eu-west-3");
    const [london, paris] = [await stored("eu-west-2", "many"), await stored("eu-west-3", "many")];
    expect(paris.passwords).toEqual(london.passwords);
    const inRegion = (region: string) =>
      JSON.parse(JSON.stringify(printed(stdout)).replaceAll("{region}", region));
    expect(inRegion("eu-west-2")).toEqual(london.arns);
    expect(inRegion("eu-west-3")).toEqual(paris.arns);
  });

  it("fails where there is one of them, keeps it, and makes none", async () => {
    const client = new SecretsManagerClient(moto.client("eu-west-2"));
    await client.send(new CreateSecretCommand({ Name: "mine/operator", SecretString: "kept" }));
    const { code, stderr } = await create("mine", "--region", "eu-west-2");
    expect(code).toBe(2);
    expect(stderr).toMatch(/There is a secret "mine\/operator" in eu-west-2 already: expected a new name/);
    const { SecretList } = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["mine/"] }] }),
    );
    expect(SecretList!.map(({ Name }) => Name)).toEqual(["mine/operator"]);
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: "mine/operator" }));
    expect(SecretString).toBe("kept");
  });
});
