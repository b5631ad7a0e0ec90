import { resolveSettings } from "../../../modules/hosts/aerospike-settings";
import { packageUrl } from "../../../modules/hosts/server-package";

const DOWNLOADS = "https://download.aerospike.com/artifacts/aerospike-server-enterprise";

describe("the address of the package", () => {
  it("has version, tools, distribution and architecture", () => {
    expect(packageUrl(resolveSettings({ version: "7.1.0.0", distribution: "el8" }), "x86_64")).toBe(
      `${DOWNLOADS}/7.1.0.0/aerospike-server-enterprise_7.1.0.0_tools-11.0.0_el8_x86_64.tgz`,
    );
    expect(packageUrl(resolveSettings({ version: "8.1.2.5" }), "arm64")).toBe(
      `${DOWNLOADS}/8.1.2.5/aerospike-server-enterprise_8.1.2.5_tools-13.0.3_amzn2023_aarch64.tgz`,
    );
  });

  it("takes tools that are given for a version not known here", () => {
    expect(packageUrl(resolveSettings({ version: "8.1.0.1", toolsVersion: "12.0.2" }), "x86_64")).toContain(
      "8.1.0.1_tools-12.0.2_amzn2023_x86_64",
    );
  });

  it("is the given one, of a mirror", () => {
    const packageUrlGiven = "s3://mirror/server.tgz";
    expect(packageUrl(resolveSettings({ version: "8.1.0.1", packageUrl: packageUrlGiven }), "arm64")).toBe(
      packageUrlGiven,
    );
  });
});
