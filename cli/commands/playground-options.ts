import { Option } from "commander";
import { askPlayground, NoPlaygroundError, playgroundPorts } from "../../rehearsal/playground/control-client";
import type { ControlRequest, ControlResult } from "../../rehearsal/playground/control-socket";
import { stretchCommand } from "../../modules/stack/own-command";
import { RefusedError } from "../../rehearsal/errors";
import { UsageError } from "../errors";
import { whole } from "./options";

/** Node i listens for place j at the first port + 10 i + j. */
const MAX_PORT = 65_535;
/** Where a playground listens unless said otherwise. */
export const PLAYGROUND_PORT = 3000;

/** `--port N` of a playground. */
export function portOption(): Option {
  return noPortOption("first port of the playground").default(PLAYGROUND_PORT);
}

/** `--port N` where without it no playground is meant, or the usual one. */
export function noPortOption(description: string): Option {
  return new Option("--port <N>", description).argParser(
    whole(`a port, 1024 to ${MAX_PORT}`, 1024, MAX_PORT),
  );
}

/**
 * Asks the running playground.
 *
 * @throws UsageError where none runs on the port, or it refuses what was asked; Error where it failed.
 */
export function ask<Request extends ControlRequest>(
  port: number,
  request: Request,
): Promise<ControlResult<Request>> {
  return asked(port, () => askPlayground(port, request));
}

/** What comes of something that is asked of the playground on a port; see {@link ask}. */
export async function asked<T>(port: number, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof RefusedError) throw new UsageError(error.message);
    if (!(error instanceof NoPlaygroundError)) throw error;
    const ports = await playgroundPorts();
    throw new UsageError(
      ports.length > 0
        ? `No playground runs on port ${port}, but on ${ports.join(" and ")}: add --port ${ports[0]}.`
        : `No playground runs on port ${port}, nor on another: start one in another terminal: ${atPort("up", port)}`,
    );
  }
}

/** A command for the playground on a port, as a person can type it. */
export function atPort(command: string, port: number): string {
  return stretchCommand(port === PLAYGROUND_PORT ? command : `${command} --port ${port}`);
}
