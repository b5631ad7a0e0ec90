import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A line of `terraform -json`, as Terraform 1.9 prints it. */
export type Line = Readonly<Record<string, unknown>>;

/** A change that a plan names. */
export function change(addr: string, action: string): Line {
  const [type] = addr.split(".").slice(-2);
  return { type: "planned_change", change: { action, resource: { addr, resource_type: type } } };
}

/** An error, or a warning. */
export function diagnostic(severity: "error" | "warning", summary: string, detail: string): Line {
  return { type: "diagnostic", diagnostic: { severity, summary, detail } };
}

/**
 * A program in Terraform's place: it notes how it is called, and answers what it was given, each command's answers in turn and the
 * last one again.
 */
export class TerraformProgram {
  /** Terraform's folder. */
  readonly folder = mkdtempSync(join(tmpdir(), "stretch-terraform-"));
  readonly path = join(this.folder, "terraform");

  constructor() {
    const script = [
      "#!/usr/bin/env bash",
      "trap 'echo interrupted >>calls; kill $!; exit 1' INT",
      'echo "$*" >>calls',
      'n=$(grep -c "^$1 " calls)',
      "while [[ $n -gt 1 && ! -e $1.$n ]]; do n=$((n - 1)); done",
      "if [[ -e $1.$n.hangs ]]; then sleep 60 & wait; fi",
      'cat "$1.$n" 2>/dev/null',
      'exit "$(cat "$1.$n.code" 2>/dev/null || echo 0)"',
    ];
    writeFileSync(this.path, `${script.join("\n")}\n`);
    chmodSync(this.path, 0o755);
  }

  /** The answers to a command, the first of its calls first. */
  answers(
    command: string,
    ...answers: readonly {
      readonly lines?: readonly Line[];
      readonly text?: string;
      readonly code?: number;
      readonly hangs?: true;
    }[]
  ): void {
    answers.forEach(({ lines = [], text, code = 0, hangs }, i) => {
      const file = join(this.folder, `${command}.${i + 1}`);
      writeFileSync(file, text ?? lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      writeFileSync(`${file}.code`, String(code));
      if (hangs) writeFileSync(`${file}.hangs`, "");
    });
  }

  /** How it was called so far. */
  get calls(): string[] {
    const file = join(this.folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
