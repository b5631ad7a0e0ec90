import { InvalidArgumentError, Option } from "commander";
import { askPlayground, NoPlaygroundError } from "../../rehearsal/playground/control-client";
import type { PlaygroundStatus } from "../../rehearsal/playground/control-socket";
import { RefusedError } from "../../rehearsal/errors";
import { UsageError } from "../errors";

/** Node i listens for place j at the first port + 10 i + j. */
const MAX_PORT = 65_535;

/** `--port N` of a playground. */
export function portOption(): Option {
  return new Option("--port <N>", "first port of the playground").default(3000).argParser((text) => {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1024 || port > MAX_PORT) {
      throw new InvalidArgumentError(`Expected a port, 1024 to ${MAX_PORT}.`);
    }
    return port;
  });
}

/**
 * Asks the running playground.
 *
 * @throws UsageError where none runs on the port, or it refuses what was asked; Error where it failed.
 */
export async function ask(
  port: number,
  request: Parameters<typeof askPlayground>[1],
): Promise<PlaygroundStatus> {
  try {
    return await askPlayground(port, request);
  } catch (error) {
    if (error instanceof RefusedError) throw new UsageError(error.message);
    if (!(error instanceof NoPlaygroundError)) throw error;
    throw new UsageError(
      `No playground runs on port ${port}: start one with "stretch up --port ${port}" in another terminal.`,
    );
  }
}
