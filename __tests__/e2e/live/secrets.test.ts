import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { AerospikeSettings } from "../../../modules";
import { NO_FAULT } from "../../../model";
import { certificate } from "../../lab/support/tls-server";
import { describeWith } from "../../support/requirements";
import type { Moto } from "../support/moto";
import { DeployedStack } from "../support/twin/deployed-stack";
import { Operator } from "../support/twin/operator";

const [LONDON, PARIS] = ["eu-west-2", "eu-west-3"];
const OPEN = { ...NO_FAULT, clientsLose: {} };
const TLS_NAME = "aerospike.example.internal";
/** Each is found by its value wherever it is: long, and of characters that URLs and JSON write in other ways. */
const PASSWORDS = {
  admin: "Adm~pw%2B=c0ffee+7f3a,admin/0001",
  loader: "Ldr~pw%2B=c0ffee+7f3a,loader/0002",
  operator: "Opr~pw%2B=c0ffee+7f3a,operator/0003",
};
/** Where a host keeps what it has read, for root alone. */
const KEPT = /^(run\/stretch\/(admin|loader|operator)\.conf|etc\/aerospike\/(admin-password|tls\/key\.pem))$/;

/** A secret as it may be written: itself, in a URL, in base64 at any place, and in JSON. */
function forms(secret: string): string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]).toString("base64");
    // Characters that hold bits of what stands beside it are left out.
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
  });
  return [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inBase64])];
}

/** All files below a folder, by their paths in it; links are not followed. */
function filesIn(folder: string): [path: string, content: Buffer][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), readFileSync(path)]);
}

/** Command lines of all that runs on this machine, the twin's hosts too. */
function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, "latin1").replaceAll("\0", " ");
      } catch {
        return "";
      }
    });
}

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces", "openssl", "jq"],
  "stretch run --live on a stack with access control and TLS",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
    const own = certificate(folder, TLS_NAME);
    const key = readFileSync(own.key, "utf8");
    // Of a key its lines, as a line is what a log may have.
    const secrets = [
      ...Object.values(PASSWORDS),
      ...key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{30,}/.test(line)),
    ];
    const sought = secrets.flatMap(forms);
    const lines = new Set<string>();
    const watch = setInterval(() => commandLines().forEach((line) => lines.add(line)), 100);
    let arns: Record<string, string>;
    let deployed: DeployedStack;
    let printed = "";

    beforeAll(async () => {
      deployed = await DeployedStack.start("even-split", async (moto) => settings((arns = await made(moto))));
    });
    afterAll(async () => {
      clearInterval(watch);
      await deployed?.stop();
      rmSync(folder, { recursive: true });
    });

    /** The secrets in the account, in one region for all. @returns their ARNs by name */
    async function made(moto: Moto): Promise<Record<string, string>> {
      const client = new SecretsManagerClient(moto.client(LONDON));
      const values = {
        ...PASSWORDS,
        certificate: readFileSync(own.cert, "utf8"),
        key,
        ca: readFileSync(own.ca, "utf8"),
      };
      const all = await Promise.all(
        Object.entries(values).map(async ([Name, SecretString]) => {
          const { ARN } = await client.send(
            new CreateSecretCommand({ Name: `stretch/${Name}`, SecretString }),
          );
          return [Name, ARN!] as const;
        }),
      );
      return Object.fromEntries(all);
    }
    const settings = (arns: Record<string, string>): AerospikeSettings => ({
      usersSecretArns: { admin: arns.admin, loader: arns.loader, operator: arns.operator },
      tls: { name: TLS_NAME, certificateArn: arns.certificate, keyArn: arns.key, caArn: arns.ca },
    });
    const found = (content: Buffer | string) => {
      const text = typeof content === "string" ? content : content.toString("latin1");
      return sought.filter((one) => text.includes(one));
    };
    const stretch = async (...args: string[]) => {
      const told = await deployed.stretch(...args);
      printed += told.text;
      return told;
    };
    const run = async (...args: string[]) => {
      const told = await deployed.run(...args);
      printed += told.text;
      return told;
    };

    it("has servers that let nobody in without a login, and hosts that may not read another's secret", async () => {
      const operator = new Operator(deployed.twin);
      const host = deployed.twin.host("A1B32");
      expect(await operator.info("A1B32", "build")).toMatch(/^\d+\./);
      const login = host.read("/run/stretch/operator.conf");
      host.write("/run/stretch/nobody.conf", login.replace(/^(user|password) = .*$/gm, ""));
      const nobody = ["asinfo --only-config-file /run/stretch/nobody.conf -v build"];
      expect(await operator.ended(await operator.send(["A1B32"], nobody), "A1B32")).toMatchObject({
        Status: "Failed",
        StandardOutputContent: expect.stringContaining("not authenticated"),
      });
      const other = [
        `bash -c ". /opt/stretch/lib.sh; . /etc/stretch/host.env; secret '${arns.operator}' || echo denied"`,
      ];
      expect(await operator.run(LONDON, ...other)).toBe("denied");
    });

    it.each([
      [
        "was made for no access control",
        () => {
          const host = deployed.twin.host(PARIS);
          const env = host.read("/etc/stretch/host.env");
          host.write("/etc/stretch/host.env", env.replace(/^LOADER_SECRET_ARN=.*\n/m, ""));
          return () => host.write("/etc/stretch/host.env", env);
        },
        /in eu-west-3 was made for no access control, .* \(settings\.usersSecretArns\)/,
      ],
      [
        "may not read its password",
        () => {
          deployed.twin.denies = ({ id }, action) =>
            id === deployed.twin.host(PARIS).id && action === "secretsmanager:GetSecretValue";
          return () => (deployed.twin.denies = () => false);
        },
        /cannot run loaders: [^]*the secret \S+ cannot be read, or is empty/,
      ],
      [
        "has a password that the servers do not know",
        () => {
          const client = new SecretsManagerClient(deployed.twin.moto.client(LONDON));
          const put = (SecretString: string) =>
            client.send(new PutSecretValueCommand({ SecretId: arns.loader, SecretString }));
          return put(`${PASSWORDS.loader}x`).then(() => () => put(PASSWORDS.loader));
        },
        /Loaders in \S+ are not let in by the cluster: .*journalctl --unit=stretch-users/,
      ],
    ])("is refused, and nothing is broken, where a client host %s", async (_, change, says) => {
      const restore = await change();
      const { code, text } = await run("even-split", "--fault", "split");
      await restore();
      expect({ code, text }).toEqual({ code: 3, text: expect.stringMatching(says) });
      expect(text).toContain("Nothing was broken");
      expect(deployed.twin.networks).toEqual(OPEN);
    });

    it("runs: loaders and their checker log in over TLS, as the user loader", async () => {
      const { code, text } = await run("even-split", "--fault", "split", "--seconds", "5");
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("pass: ") });
      const ledgers = filesIn(deployed.out).filter(([path]) => /ledger-\S+\.jsonl$/.test(path));
      expect(ledgers.length).toBeGreaterThanOrEqual(4);
      expect(deployed.twin.networks).toEqual(OPEN);
    });

    it("tells each node, and the next step of the runbook", async () => {
      const status = await stretch("status", "even-split");
      expect(status).toEqual({ code: 0, text: expect.stringContaining("6 of 6 nodes have answered") });
      const recover = await stretch("recover", "even-split");
      expect(recover).toEqual({ code: 0, text: expect.stringContaining("proposes: ") });
    });

    it("has had each host read what is its own, and nothing else", () => {
      const { twin } = deployed;
      const read = (of: string) => [...twin.secretsRead.get(twin.host(of).id)!].sort();
      const named = (...names: string[]) => names.map((name) => arns[name]).sort();
      const everyNode = ["admin", "certificate", "key", "ca", "operator"];
      for (const { id } of twin.topology.nodes) {
        const makesUsers = twin.host(id).read("/opt/stretch/bin/users") !== "";
        expect(read(id)).toEqual(named(...everyNode, ...(makesUsers ? ["loader"] : [])));
      }
      for (const region of [LONDON, PARIS]) expect(read(region)).toEqual(named("ca", "loader"));
    });

    describe("has no secret, searched for by value,", () => {
      it("in a form that would not be found where it is", () => {
        const [password] = Object.values(PASSWORDS);
        for (const text of [
          password,
          `?p=${encodeURIComponent(password)}&`,
          JSON.stringify({ password }),
          ...[0, 1, 2].map((before) => Buffer.from(`${"x".repeat(before)}${password} y`).toString("base64")),
        ]) {
          expect(found(text)).not.toEqual([]);
        }
        expect(found(Buffer.from(key).toString("base64"))).not.toEqual([]);
      });

      it("in what the command printed, nor in the run's folder", () => {
        expect(printed.length).toBeGreaterThan(1000);
        expect(found(printed)).toEqual([]);
        const files = filesIn(deployed.out);
        expect(files.length).toBeGreaterThan(5);
        expect(files.flatMap(([path, content]) => found(content).map(() => path))).toEqual([]);
      });

      it("in outputs, state and plans of Terraform, nor in what is deployed", async () => {
        const { terraform } = deployed;
        const plan = await terraform.plan({ fault: "split" });
        const texts = {
          outputs: await terraform.run(["output", "-json"], 60_000),
          state: JSON.stringify(await terraform.show()),
          plan: JSON.stringify(await terraform.show(plan)),
        };
        expect(texts.state).toContain("aws_instance");
        expect(Object.entries(texts).flatMap(([name, text]) => found(text).map(() => name))).toEqual([]);
        // The folder: configuration, state, its backup, the saved plan, and what the provider's lock says.
        const files = filesIn(terraform.dir).filter(([path]) => !path.startsWith(".terraform/"));
        expect(files.map(([path]) => path)).toEqual(
          expect.arrayContaining(["cdk.tf.json", "terraform.tfstate"]),
        );
        expect(files.flatMap(([path, content]) => found(content).map(() => path))).toEqual([]);
      });

      it("in an object of the bucket", async () => {
        const { results_bucket: Bucket } = await deployed.terraform.output();
        const s3 = new S3Client(deployed.twin.moto.client(LONDON));
        const names: string[] = [];
        const bad: string[] = [];
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
          for (const { Key } of Contents) {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
            const bytes = Buffer.from(await Body!.transformToByteArray());
            names.push(Key!);
            if (found(Key!.endsWith(".gz") ? gunzipSync(bytes) : bytes).length > 0) bad.push(Key!);
          }
        }
        for (const part of ["control.json", "state.json", ".latest", "jsonl.gz", "bundle"]) {
          expect(names.join("\n")).toContain(part);
        }
        expect(bad).toEqual([]);
      });

      it("in a Run Command, what it printed, a call of AWS, a command line, or a log of AWS's mock", () => {
        const { twin } = deployed;
        expect(twin.runCommand.sent.length).toBeGreaterThan(5);
        expect(found(JSON.stringify(twin.runCommand.sent))).toEqual([]);
        expect(found(readFileSync(twin.moto.callsFile))).toEqual([]);
        expect(found(twin.moto.log())).toEqual([]);
        expect([...lines].some((line) => line.includes("host.js"))).toBe(true);
        expect(found([...lines].join("\n"))).toEqual([]);
      });

      it("in a file of a host but those of root that are for it", () => {
        const bad: string[] = [];
        const kept = new Set<string>();
        for (const host of deployed.twin.hosts.values()) {
          for (const [path, content] of filesIn(host.root)) {
            if (found(content).length === 0) continue;
            if (KEPT.test(path) && (statSync(join(host.root, path)).mode & 0o77) === 0) kept.add(path);
            else bad.push(path);
          }
        }
        expect(bad).toEqual([]);
        // They are there: what is read on hosts was these values.
        expect([...kept].sort()).toEqual([
          "etc/aerospike/admin-password",
          "etc/aerospike/tls/key.pem",
          "run/stretch/admin.conf",
          "run/stretch/loader.conf",
          "run/stretch/operator.conf",
        ]);
      });
    });
  },
);
