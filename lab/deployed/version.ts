/** The output in which a stack tells the version of this package that made it. */
export const VERSION_OUTPUT = "stretch_version";

/** This package. */
export interface Package {
  readonly name: string;
  readonly version: string;
}

/**
 * That a stack was deployed by another version of this package than this one; undefined where it was by this one. Both may
 * differ in nothing that is deployed: a plan tells.
 */
export function otherVersion(
  stack: string,
  outputs: Readonly<Record<string, unknown>>,
  { name, version }: Package,
): string | undefined {
  const deployed = outputs[VERSION_OUTPUT];
  if (deployed === version) return undefined;
  return `The stack ${stack} was deployed by ${deployed === undefined ? "a version that does not tell its number yet" : `version ${String(deployed)}`} of ${name}, and this is ${version}.`;
}
