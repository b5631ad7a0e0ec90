import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../errors";

/** Where cdktf leaves what it synthesised. */
const OUTPUT = "cdktf.out";

/** What a synthesised stack says of where it is. */
export interface SynthesisedStack {
  /** Folder in which Terraform runs. */
  readonly folder: string;
  /** Regions of its AWS providers, as far as they are literals. */
  readonly regions: readonly string[];
  /** Terraform's backend by kind. */
  readonly backend: Readonly<Record<string, Readonly<Record<string, unknown>>>> & {
    readonly s3?: {
      readonly bucket?: string;
      readonly key?: string;
      readonly region?: string;
      readonly use_lockfile?: boolean;
    };
  };
}

/** A stack that the project in this folder has synthesised, as JSON; undefined where it has not. */
export function synthesisedStack(name: string): SynthesisedStack | undefined {
  const folder = join(OUTPUT, "stacks", name);
  const file = join(folder, "cdk.tf.json");
  if (!existsSync(file)) return undefined;
  const { provider, terraform } = read(file);
  const regions: unknown[] = (provider?.aws ?? []).map(({ region }: { region?: unknown }) => region);
  return {
    folder,
    regions: [
      ...new Set(regions.filter((region) => typeof region === "string" && !region.includes("${"))),
    ] as string[],
    backend: terraform?.backend ?? {},
  };
}

function read(file: string) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${(error as Error).message}. Expected what cdktf synth writes: run it again.`,
    );
  }
}
