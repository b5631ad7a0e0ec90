/** Sources run by themselves in a clone only; a project that installed the package has what was compiled of them. */
const IN_A_CLONE = __filename.endsWith(".ts");

/** The command `stretch` as a person can type it here: by npm in a clone, by npx in a project that installed the package. */
export function stretchCommand(args: string): string {
  return `${IN_A_CLONE ? "npm run -s stretch --" : "npx stretch"} ${args}`;
}

/** The command `cdktf` as a person can type it: no package puts it on the path. */
export function cdktfCommand(args: string): string {
  return `npx cdktf ${args}`;
}
