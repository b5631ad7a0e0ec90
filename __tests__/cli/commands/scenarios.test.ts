import { scenarios } from "../../../scenarios";
import { stretch } from "../support";

describe("stretch scenarios", () => {
  it("shows what even-split builds: regions, racks, ids, addresses, seeds, roster and timing", async () => {
    const { code, out } = await stretch(["scenarios", "even-split"]);
    expect(code).toBe(0);
    expect(out).toContain("london|eu-west-2|172.32.0.0/16|london-client (172.32.128.0/24)");
    expect(out).toContain("  33|A3B33  |172.33.33.6|eu-west-3c|172.33.32.0/20|t3a.medium");
    expect(out).toContain("seeds      172.32.0.4, 172.32.16.5, 172.33.1.4, 172.33.17.5");
    expect(out).toContain("roster     A3B33@33,A3B32@32,A2B33@33,A2B32@32,A1B33@33,A1B32@32");
    expect(out).toMatch(
      /gone after 1.5 s; clocks may differ by 12 s \(then\s+servers warn; writes stop at 17 s\)/,
    );
  });

  it("says how to deploy, preview, break, heal and remove each of its faults", async () => {
    const { out } = await stretch(["scenarios", "even-split"]);
    for (const command of [
      "npx cdktf deploy even-split",
      "npx cdktf diff even-split --var fault=split",
      "npx cdktf deploy even-split --var fault=split",
      "npx cdktf deploy even-split --var fault=none",
      "npx cdktf destroy even-split",
    ]) {
      expect(out).toContain(command);
    }
  });

  it("shows Terraform's addresses of the hosts, to renew one", async () => {
    const { code, out } = await stretch(["scenarios", "even-split", "--addresses"]);
    expect(code).toBe(0);
    expect(out).toMatch(/A1B32 +\|aws_instance\.cluster_rack-32-node-1-a_host_instance_[0-9A-F]{8}/);
    expect(out).toMatch(/london-client *\|aws_instance\.london-client_host_instance_[0-9A-F]{8}/);
    expect(out).toContain("terraform -chdir=cdktf.out/stacks/even-split apply -replace=ADDRESS");
  });

  it("lists every scenario if none is named, with what each of its faults does to whom", async () => {
    const { out } = await stretch(["scenarios"], false, 200);
    for (const { name, summary } of scenarios) expect(out).toContain(`\n${name}: ${summary}\n`);
    expect(out).toMatch(/^ {2}split +London 2048, Paris 2048$/m);
    expect(out).toMatch(/^ {2}one-way +London and Paris 4096, new connections refused$/m);
    expect(out).toMatch(/^ {2}subnet +London \(A1B32, A4B32\) 0, London \(A2B32, .*\) and Paris 4096$/m);
    expect(out).toMatch(/^ {2}active-lost +Paris 0, London 0$/m);
    expect(out).toMatch(/^ {2}split +Paris and Ireland 4096, London 0 \(in no cluster\)$/m);
  });

  it("says which commands go on from there, as they can be typed in a clone", async () => {
    const { out } = await stretch(["scenarios"]);
    expect(out).toContain("npm run -s stretch -- preview even-split --fault split");
    expect(out).toContain("npx cdktf deploy even-split");
  });

  it("fails for a scenario that is none, naming the known ones", async () => {
    const { code, err } = await stretch(["scenarios", "evensplit"]);
    expect(code).toBe(2);
    expect(err).toContain('There is no stack "evensplit": expected one of even-split, odd-split');
  });
});
