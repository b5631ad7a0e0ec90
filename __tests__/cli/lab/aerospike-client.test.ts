import { UsageError } from "../../../cli/errors";
import { assertClient } from "../../../cli/lab/aerospike-client";

test("the client is found where it is installed", () => {
  expect(() => assertClient()).not.toThrow();
});

test("fails with the command that installs it where it is missing", () => {
  expect(() => assertClient("not-there")).toThrow(UsageError);
  expect(() => assertClient("not-there")).toThrow(
    /^This command needs a client of the database that is not installed: npm install not-there$/,
  );
});
