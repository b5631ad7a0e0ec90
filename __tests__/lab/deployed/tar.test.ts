import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tar } from "../../../lab/deployed/tar";

describe("a tar archive", () => {
  const files = [
    { path: "b/two", content: Buffer.alloc(1025, "2") },
    { path: "a", content: Buffer.from("one") },
    { path: "empty", content: Buffer.alloc(0) },
  ];

  it("is unpacked by tar", () => {
    const folder = mkdtempSync(join(tmpdir(), "stretch-test-"));
    writeFileSync(join(folder, "x.tar"), tar(files));
    const { status, stderr } = spawnSync("tar", ["--extract", "--file", "x.tar"], {
      cwd: folder,
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const { path, content } of files)
      expect(readFileSync(join(folder, path)).equals(content)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it("is the same for the same files in any order", () => {
    expect(tar([...files].reverse()).equals(tar(files))).toBe(true);
  });

  it("fails where a path is too long for it", () => {
    expect(() => tar([{ path: "x".repeat(101), content: Buffer.alloc(0) }])).toThrow(/too long a path/);
  });
});
