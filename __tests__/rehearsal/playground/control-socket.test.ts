import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { askPlayground } from "../../../rehearsal/playground/control-client";
import { controlSocket, ownFolder } from "../../../rehearsal/playground/control-socket";
import { RefusedError } from "../../../rehearsal/errors";

const UID = process.getuid!();
let base: string;

beforeEach(() => {
  base = mkdtempSync(join(os.tmpdir(), "stretch-test-"));
  jest.spyOn(os, "tmpdir").mockReturnValue(base);
});

afterEach(() => {
  rmSync(base, { recursive: true });
  jest.restoreAllMocks();
});

const folder = () => join(base, `stretch-playground-${UID}`);

describe("the folder of the control sockets", () => {
  test("is made for its owner alone", () => {
    expect(controlSocket(3000)).toBe(join(folder(), "3000.sock"));
    expect(lstatSync(folder()).mode & 0o777).toBe(0o700);
    expect(controlSocket(4000)).toBe(join(folder(), "4000.sock"));
  });

  test("needs no entry of the uid in the system's list of users", () => {
    // As it does for a uid without one.
    jest.spyOn(os, "userInfo").mockImplementation(() => {
      throw new Error("ENOENT: no such file or directory, uv_os_get_passwd");
    });
    expect(controlSocket(3000)).toBe(join(folder(), "3000.sock"));
  });

  test("is refused where it belongs to another uid", () => {
    mkdirSync(folder(), { mode: 0o700 });
    expect(() => ownFolder(folder(), UID + 1)).toThrow(RefusedError);
    expect(() => ownFolder(folder(), UID + 1)).toThrow(
      `${folder()} belongs to uid ${UID}: expected a folder of uid ${UID + 1} that only that user may write to`,
    );
  });

  test("is refused where it is a symbolic link, even to a folder that would do", () => {
    mkdirSync(join(base, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(base, "elsewhere"), folder());
    expect(() => controlSocket(3000)).toThrow(/is a symbolic link: expected .* Remove it, or set TMPDIR/);
  });

  test.each([0o770, 0o707, 0o777, 0o720])("is refused where others may write to it: mode %o", (mode) => {
    mkdirSync(folder());
    chmodSync(folder(), mode);
    expect(() => controlSocket(3000)).toThrow(`lets others write (mode ${mode.toString(8)})`);
  });

  test("is refused where it is a file", () => {
    writeFileSync(folder(), "");
    expect(() => controlSocket(3000)).toThrow(/is no folder: expected/);
  });

  test("is refused where it cannot be made", () => {
    jest.spyOn(os, "tmpdir").mockReturnValue(join(base, "nowhere"));
    expect(() => controlSocket(3000)).toThrow(/cannot be made: ENOENT.* Set TMPDIR to a folder of yours/);
  });

  test("is looked at by those who ask a playground, too", async () => {
    symlinkSync(base, folder());
    await expect(askPlayground(3000, { command: "status" })).rejects.toThrow(RefusedError);
  });
});
