import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App } from "cdktf";

/** A folder for synthesised stacks, to be removed after the suite. */
export class SynthDir {
  private readonly outdir = mkdtempSync(path.join(tmpdir(), "stretch-e2e-synth-"));

  /**
   * Synthesises what `build` builds, as `cdktf synth` does, and gives the folder of the stack of that name.
   *
   * @param context as cdktf.json may have it
   */
  synth(stack: string, build: (app: App) => unknown, context?: Readonly<Record<string, unknown>>): string {
    const app = new App({ outdir: this.outdir, context });
    build(app);
    app.synth();
    return path.join(this.outdir, "stacks", stack);
  }

  remove(): void {
    rmSync(this.outdir, { recursive: true, force: true });
  }
}
