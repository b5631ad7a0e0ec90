import { UsageError } from "../errors";

/**
 * The client that the lab's programs use: an optional peer, as its binaries are large and most need none.
 *
 * @param name @default "aerospike"
 * @throws UsageError with the command that installs it, where it is missing.
 */
export function assertClient(name = "aerospike"): void {
  try {
    require.resolve(name);
  } catch {
    throw new UsageError(
      `This command needs a client of the database that is not installed: npm install ${name}`,
    );
  }
}
