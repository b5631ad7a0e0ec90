import type { LoaderProgress, RunningLoader } from "../../lab/load/running-loader";
import type { Terminal } from "./terminal";

/** How a run goes on: a line a step and outcome; on a terminal, beneath them and in place, a line a place that loads. */
export class RunProgress {
  private readonly begun = performance.now();
  /** Lines that the next print takes away. */
  private drawn = 0;

  constructor(private readonly output: Terminal & { print(text: string): void }) {}

  says(text: string): void {
    const clock = `${this.clock()}  `;
    this.print(clock + text.replaceAll("\n", `\n${" ".repeat(clock.length)}`));
  }

  progress(loaders: readonly Pick<RunningLoader, "options" | "progress">[]): void {
    if (!this.output.colour || loaders.length === 0) return;
    const lines = loaders.map(({ options: { client }, progress }) =>
      `${this.clock()}    ${client}  ${countsText(progress)}`.slice(0, this.output.columns - 1),
    );
    this.print(lines.join("\n"));
    this.drawn = lines.length;
  }

  private print(text: string): void {
    // Up by so many lines, and all beneath erased (ECMA-48: CUU, ED).
    const erase = this.drawn > 0 ? `\x1b[${this.drawn}A\x1b[J` : "";
    this.drawn = 0;
    this.output.print(`${erase}${text}`);
  }

  private clock(): string {
    return ((performance.now() - this.begun) / 1000).toFixed(1).padStart(6);
  }
}

/** `1203 ok, 3 refused (11: 3)` */
function countsText({ counts, codes }: LoaderProgress): string {
  const others = (["not-sent", "refused", "unknown"] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => `, ${counts[name]} ${name.replace("-", " ")}`);
  const failed = Object.entries(codes)
    .filter(([code]) => code !== "0")
    .map(([code, count]) => `${code}: ${count}`);
  return `${counts.ok} ok${others.join("")}${failed.length > 0 ? ` (${failed.join(", ")})` : ""}`;
}
