import type { ResolvedSettings } from "./aerospike-settings";
import type { Architecture } from "./amazon-linux";

/** Address of the server's package on Aerospike's download site, or what was given in its place. */
export function packageUrl(settings: ResolvedSettings, architecture: Architecture): string {
  if (settings.packageUrl !== undefined) return settings.packageUrl;
  const { version, toolsVersion, distribution } = settings;
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  const file = `aerospike-server-enterprise_${version}_tools-${toolsVersion}_${distribution}_${machine}.tgz`;
  return `https://download.aerospike.com/artifacts/aerospike-server-enterprise/${version}/${file}`;
}
