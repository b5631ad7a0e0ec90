import { DEFAULT_SERVER_VERSION, isBefore } from "../../model";

describe("the order of server versions", () => {
  test.each([
    ["7.1.0.2", "7.1.0.3", true],
    ["7.1.0.3", "7.1.0.3", false],
    ["7.1.0.25", "7.1.0.3", false],
    ["7.1.0.25", "7.2", true],
    ["7.2.0.0", "7.2", false],
    ["8.0.0.18", "7.10", false],
    [DEFAULT_SERVER_VERSION, "8.1.2", false],
    ["8.1.1.2", "8.1.2", true],
  ])("goes number by number: is %s before %s? %s", (version, other, expected) => {
    expect(isBefore(version, other)).toBe(expected);
  });
});
