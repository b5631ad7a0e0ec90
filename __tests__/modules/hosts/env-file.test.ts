import { spawnSync } from "node:child_process";
import { TerraformVariable } from "cdktf";
import fc from "fast-check";
import { parse } from "yaml";
import { envFile, type ShellValue } from "../../../modules/hosts/env-file";
import {
  BUCKET,
  KMS_KEY_ARN,
  PACKAGE_URL,
  PACKAGE_URL_WITH_SUM,
  PREFIX,
  SECRET_ARN,
  SHA256,
  type ShellKind,
  TEXT,
  TLS_NAME,
} from "../../../modules/hosts/shell-kinds";
import { errorOf } from "../../support/errors";
import { seeded } from "../../support/seed";
import { Template } from "../../support/template";

const text = (value: string, kind: ShellKind = TEXT): ShellValue => ({ of: "thing", kind, value });

/** What a shell that sources the file has in these variables. */
function sourced(content: string, names: readonly string[]): string[] {
  const script = `set -eu; . <(cat); printf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    input: content,
    encoding: "utf8",
    timeout: 30_000,
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\0").slice(0, -1);
}

/** Characters that a shell, YAML or both take for their own. */
const HOSTILE = [
  "'",
  '"',
  "`",
  "$",
  "(",
  ")",
  "\\",
  ";",
  "&",
  "|",
  "<",
  ">",
  "!",
  "#",
  "*",
  "~",
  " ",
  "{{",
  "}}",
  "${x}",
  "$(id)",
  ": ",
  "- ",
  "@TERRAFORM_0@",
];
const oneLine = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 3 })), {
    maxLength: 30,
  })
  .map((parts) => parts.join(""))
  .filter((value) => TEXT.form.test(value));

describe("a file for a host's shell", () => {
  it("gives back every text of one line as it is", () => {
    fc.assert(
      fc.property(fc.array(oneLine, { minLength: 1, maxLength: 20 }), (values) => {
        const names = values.map((_, i) => `VALUE_${i}`);
        const { content } = envFile(Object.fromEntries(values.map((value, i) => [names[i], text(value)])));
        expect(sourced(content, names)).toEqual(values);
        // As cloud-init writes it.
        const indented = content.trimEnd().replace(/^(?=.)/gm, "  ");
        expect(parse(`content: |\n${indented}\n`)).toEqual({ content });
      }),
      seeded(150),
    );
  });

  it("leaves out what is not there", () => {
    expect(envFile({ A: undefined, B: text("1") }).content).toMatch(/^#.*\nB='1'\n$/);
  });

  it.each([
    "two\nlines",
    "a\rb",
    "nul\0",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u2028",
    "\ud800",
    "\ufeff",
    "\uffff",
  ])("refuses %j", (value) => {
    expect(errorOf(() => envFile({ A: text(value) }))).toContain("thing is malformed");
  });

  it("lets Terraform hold what only it knows to its kind", () => {
    let conditions: readonly { condition: unknown; errorMessage: string }[] = [];
    const template = Template.of((stack) => {
      const value = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
      const made = envFile({ A: text(value, SECRET_ARN), B: text("b") });
      conditions = made.conditions;
      stack.addOverride("locals", {
        condition: made.conditions[0].condition,
        line: made.content.split("\n")[1],
      });
    });
    expect(conditions).toHaveLength(1);
    expect(conditions[0].errorMessage).toContain(
      "thing is malformed: expected arn:aws:secretsmanager:REGION",
    );
    expect(template.locals).toEqual({
      condition: `\${can(regex("${SECRET_ARN.form.source.replaceAll("\\/", "/")}", var.arn))}`,
      line: "A='${var.arn}'",
    });
  });
});

describe("the kinds of values", () => {
  it.each<[string, ShellKind]>(
    Object.entries({ BUCKET, KMS_KEY_ARN, PACKAGE_URL, PACKAGE_URL_WITH_SUM, SECRET_ARN, SHA256, TLS_NAME }),
  )("%s is in Terraform's expressions too, and admits no quote and no line end", (_, { form }) => {
    expect(form.source.replaceAll("\\/", "/")).not.toMatch(/\\|\(\?/);
    fc.assert(
      fc.property(fc.stringMatching(form, { size: "small" }), (value) => {
        expect(value).not.toMatch(/[\n\r"`\\]|^-/);
      }),
      seeded(200),
    );
  });

  it.each([
    ["https://user:secret@mirror.example/p.tgz", PACKAGE_URL],
    ["https://token@mirror.example/p.tgz", PACKAGE_URL],
    ["https://mirror.example/p.tgz?X-Amz-Signature=1", PACKAGE_URL],
    ["https://mirror.example/p.tgz#part", PACKAGE_URL],
    ["http://mirror.example/p.tgz", PACKAGE_URL],
    ["ftp://mirror.example/p.tgz", PACKAGE_URL_WITH_SUM],
    ["file:///etc/passwd", PACKAGE_URL_WITH_SUM],
    ["-o/etc/passwd", PACKAGE_URL_WITH_SUM],
    ["https://mirror.example", PACKAGE_URL],
    ["s3://bucket", PACKAGE_URL],
    ["https://mirror.example/$(reboot).tgz;\nreboot", PACKAGE_URL],
    ['a"\ntls-enable = false', TLS_NAME],
    ["<cluster-name>", TLS_NAME],
    ["name of it", TLS_NAME],
    ["*", PREFIX],
    ["${aws:username}", PREFIX],
    ["a/../b", PREFIX],
  ] as const)("refuse %j", (value, kind) => {
    const message = errorOf(() => envFile({ A: text(value, kind) }));
    expect(message).toContain("thing is malformed: got");
    expect(message).not.toMatch(/secret@|token@|Signature=1/);
  });

  it.each([
    ["http://mirror.example:8080/a/p.tgz", PACKAGE_URL_WITH_SUM],
    ["s3://packages-{region}/a/server.tgz", PACKAGE_URL],
    ["https://mirror.example/it's(1)$/p@1.tgz", PACKAGE_URL],
    ["london client's (1)", PREFIX],
  ] as const)("take %j", (value, kind) => {
    expect(sourced(envFile({ A: text(value, kind) }).content, ["A"])).toEqual([value]);
  });
});
