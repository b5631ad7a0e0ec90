import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { REPO, refuseRealAws } from "./environment";
import type { Moto } from "./moto";
import { type Result, run } from "./run";

const TSX = pathToFileURL(path.join(REPO, "node_modules/tsx/dist/loader.mjs")).href;

/** The command `stretch` as a user runs it, against one moto. */
export function stretch(moto: Moto, args: readonly string[], cwd = REPO): Promise<Result> {
  refuseRealAws(moto.env);
  return run(process.execPath, ["--import", TSX, path.join(REPO, "cli/cli.ts"), ...args], {
    cwd,
    env: { ...moto.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    timeoutMs: 5 * 60_000,
    okCodes: [0, 1, 2, 3],
    evidence: () => moto.log(),
  });
}
