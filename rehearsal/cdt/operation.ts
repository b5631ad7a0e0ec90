import type { Value } from "../wire/msgpack";
import type { Container } from "./container";
import type { Parameters } from "./parameters";

/** An operation that reads a list or map; undefined = it answers nothing. */
export type Read<Of extends Container> = (container: Of, p: Parameters) => Value | undefined;

/** An operation that changes a list or map. */
export interface Change<Of extends Container> {
  /** Flags of what it creates where there is nothing, by its parameters. @default it does nothing there */
  readonly creates?: (p: readonly Value[]) => number;
  /** Where there is nothing it fails with this code. */
  readonly needs?: number;
  readonly run: Read<Of>;
}
