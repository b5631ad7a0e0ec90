import type { Bin } from "../cluster/bins";
import { particleOf, type TypedBytes } from "../values/particle";
import { Particle, Result } from "../wire/codes";
import { decodeValue, type Value } from "../wire/msgpack";
import { areFlags, closeContainer, type Container, emptyContainer, openContainer } from "./container";
import { Path } from "./context";
import { LIST_CHANGES, LIST_READS } from "./list-operations";
import { MAP_CHANGES, MAP_READS } from "./map-operations";
import type { Change, Read } from "./operation";
import { Parameters } from "./parameters";
import { Refused } from "./refused";

/** What a list or map operation made of a value, and what it answers. */
export interface ValueOutcome {
  /** The server's code: 0, or why nothing was done. */
  readonly result: number;
  /** The value after it, where it changed. */
  readonly value?: Value;
  /** Answer, where it has one. */
  readonly answer?: Value;
}

/** The same of a bin. */
export interface CdtOutcome {
  readonly result: number;
  readonly bin?: Bin;
  readonly answer?: TypedBytes;
}

/** Operations from here on are of maps. */
const FIRST_OF_MAPS = 64;
const SELECT = 0xfe;
const NESTED = 0xff;

/**
 * A list or map operation on a bin: every operation of the wire protocol but path expressions (16), as a server of today
 * carries it out.
 * @param modify whether it was sent as one that changes; a read of a missing bin answers nothing
 */
export function operateCdt(
  bin: Bin | undefined,
  name: string,
  operation: Buffer,
  modify: boolean,
): CdtOutcome {
  if (!bin && !modify) return { result: Result.ok };
  const decoded = decodeOperation(operation);
  if (!decoded) return { result: Result.parameter };
  if (bin && bin.particle !== Particle.list && bin.particle !== Particle.map) {
    return { result: decoded[0] === NESTED ? Result.parameter : Result.binType };
  }
  const { result, value, answer } = operateValue(bin && decodeValue(bin.value).value, decoded, modify);
  return {
    result,
    bin: value === undefined ? undefined : { name, ...particleOf(value) },
    answer: answer === undefined ? undefined : particleOf(answer),
  };
}

/** An operation's code and parameters. The oldest clients send the code in two bytes before them. */
function decodeOperation(operation: Buffer): [number, ...Value[]] | undefined {
  const isOld = operation.length >= 2 && operation[0] === 0;
  const rest = isOld ? operation.subarray(2) : operation;
  const list = isOld && rest.length === 0 ? [] : decodeValue(rest).value;
  const decoded = Array.isArray(list) && isOld ? [operation[1], ...list] : list;
  return Array.isArray(decoded) && typeof decoded[0] === "number"
    ? (decoded as [number, ...Value[]])
    : undefined;
}

/**
 * A list or map operation on a value: of a bin, or of an expression.
 * @param value undefined = there is none: some operations make it
 * @param operation its code and parameters
 */
export function operateValue(
  value: Value | undefined,
  operation: readonly [number, ...Value[]],
  modify: boolean,
): ValueOutcome {
  try {
    return operation[0] === NESTED
      ? operateNested(value, operation, modify)
      : operate(value, operation, modify);
  } catch (error) {
    if (error instanceof Refused) return { result: error.result };
    throw error;
  }
}

function operateNested(value: Value | undefined, operation: readonly Value[], modify: boolean): ValueOutcome {
  const [, steps, inner] = operation;
  if (operation.length !== 3 || !Array.isArray(steps) || !Array.isArray(inner))
    throw new Refused(Result.parameter);
  if (typeof inner[0] !== "number") throw new Refused(Result.parameter);
  const path = new Path(value, steps, modify);
  const outcome = operate(path.end, inner as [number, ...Value[]], modify);
  return outcome.value === undefined ? outcome : { ...outcome, value: path.withEnd(outcome.value) };
}

function operate(
  value: Value | undefined,
  operation: readonly [number, ...Value[]],
  modify: boolean,
): ValueOutcome {
  const [code, ...parameters] = operation;
  if (code === SELECT) throw new Refused(Result.unsupportedFeature);
  const kind = code < FIRST_OF_MAPS ? "list" : "map";
  const container = value === undefined ? undefined : openContainer(value);
  if (value !== undefined && container?.kind !== kind) throw new Refused(Result.binType);
  const p = new Parameters(parameters);
  if (!modify) {
    const run = (kind === "list" ? LIST_READS : MAP_READS).get(code) as Read<Container> | undefined;
    if (!run) throw new Refused(Result.parameter);
    return { result: Result.ok, answer: container && run(container, p) };
  }
  const change = (kind === "list" ? LIST_CHANGES : MAP_CHANGES).get(code) as Change<Container> | undefined;
  if (!change) throw new Refused(Result.parameter);
  if (!container && change.needs !== undefined) throw new Refused(change.needs);
  if (!container && !change.creates) return { result: Result.ok };
  const changed = container ?? emptyContainer(kind, flagsFor(kind, change.creates!(parameters)));
  const answer = change.run(changed, p);
  return { result: Result.ok, value: closeContainer(changed), answer };
}

function flagsFor(kind: Container["kind"], flags: number): number {
  return areFlags(kind, flags) ? flags : 0;
}
