import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
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
  const stored = async (region: string, SecretId: string) => {
    const { SecretString, ARN } = await new SecretsManagerClient(moto.client(region)).send(
      new GetSecretValueCommand({ SecretId }),
    );
    return { passwords: JSON.parse(SecretString!) as Record<string, string>, arn: ARN! };
  };

  it("stores passwords for the users that the hosts make, and shows the ARN only", async () => {
    const { code, stdout, stderr } = await create("users", "--region", "eu-west-2");
    const { passwords, arn } = await stored("eu-west-2", "users");
    expect(code).toBe(0);
    expect(Object.keys(passwords)).toEqual(["admin", "loader", "operator"]);
    expect(stdout).toContain(`settings: { usersSecretArn: "${arn}" }`);
    for (const password of Object.values(passwords)) expect(stdout + stderr).not.toContain(password);
  });

  it("replicates them to further regions, and names all by {region}", async () => {
    const { stdout } = await create("many", "--region", "eu-west-2", "eu-west-3");
    const [london, paris] = [await stored("eu-west-2", "many"), await stored("eu-west-3", "many")];
    expect(paris.passwords).toEqual(london.passwords);
    const arn = stdout.split("\n")[0];
    expect(arn.replace("{region}", "eu-west-2")).toBe(london.arn);
    expect(arn.replace("{region}", "eu-west-3")).toBe(paris.arn);
  });

  it("fails where there is one, and keeps it", async () => {
    const { passwords } = await stored("eu-west-2", "users");
    const { code, stderr } = await create("users", "--region", "eu-west-2");
    expect(code).toBe(2);
    expect(stderr).toMatch(/There is a secret "users" in eu-west-2 already: expected a new name/);
    expect((await stored("eu-west-2", "users")).passwords).toEqual(passwords);
  });
});
