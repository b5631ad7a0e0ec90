import { UsageError } from "../errors";

/** @throws UsageError where the package of the client is not installed: it is an optional peer. */
export function needsClient(): void {
  try {
    require.resolve("aerospike");
  } catch {
    throw new UsageError(
      'The package "aerospike", the client for Node.js, is not installed: npm install aerospike@6.',
    );
  }
}
