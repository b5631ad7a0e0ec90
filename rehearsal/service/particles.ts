import { storedForm } from "../cdt/container";
import { isStorable } from "../values/order";
import { Particle, Result } from "../wire/codes";
import type { MessageOp } from "../wire/message";
import { decodeValue, encodeValue, OrderedMap } from "../wire/msgpack";

/**
 * A value's bytes as a server keeps them, a list or map in its stored form; the server's code where they are not what their
 * particle type says.
 */
export function storedBytes({ particle, value }: Pick<MessageOp, "particle" | "value">): Buffer | number {
  switch (particle) {
    case Particle.integer:
    case Particle.float:
      return value.length === 8 ? value : Result.parameter;
    case Particle.bool:
      return value.length === 1 && value[0] <= 1 ? value : Result.parameter;
    case Particle.list:
    case Particle.map:
      return storedContainer(value, particle === Particle.list ? "list" : "map");
    case Particle.hll:
      return isHll(value) ? value : Result.parameter;
    case Particle.geojson:
      return isGeoJson(value) ? value : Result.invalidGeoJson;
    case Particle.string:
    case Particle.blob:
      return value;
    default:
      return Result.parameter;
  }
}

function storedContainer(value: Buffer, kind: "list" | "map"): Buffer | number {
  const { value: decoded, end } = decodeValue(value);
  const isOfKind = kind === "list" ? Array.isArray(decoded) : decoded instanceof OrderedMap;
  if (end !== value.length || !isOfKind || !isStorable(decoded)) return Result.parameter;
  const stored = storedForm(decoded);
  return stored === undefined ? Result.parameter : encodeValue(stored);
}

/** Bytes before a HyperLogLog's registers: flags, bits of the index and of the minhash, and its cached count. */
const HLL_HEADER = 11;
const HLL_BITS = 6;

/** Whether bytes are a HyperLogLog of a size that there is (docs, "HyperLogLog data type": 4 to 16 index bits, minhash bits 0 or 4 to 51). */
function isHll(value: Buffer): boolean {
  if (value.length < HLL_HEADER || value[0] !== 0) return false;
  const [, index, minhash] = value;
  if (index < 4 || index > 16 || (minhash !== 0 && (minhash < 4 || minhash > 51)) || index + minhash > 64)
    return false;
  return value.length === HLL_HEADER + Math.ceil(((HLL_BITS + minhash) * 2 ** index) / 8);
}

/** Flags and a count of cells stand before GeoJSON's text, then 8 bytes a cell. */
const GEO_HEADER = 3;
const CELL = 8;

/** Whether bytes are GeoJSON of a type that a server has, its positions on the earth and its loops closed. */
function isGeoJson(value: Buffer): boolean {
  if (value.length < GEO_HEADER) return false;
  const text = value.subarray(GEO_HEADER + CELL * value.readUInt16BE(1)).toString("utf8");
  try {
    return isShape(JSON.parse(text));
  } catch {
    return false;
  }
}

function isShape(shape: unknown): boolean {
  const { type, coordinates, geometry } = (shape ?? {}) as Record<string, unknown>;
  switch (type) {
    case "Feature":
      return isShape(geometry);
    case "Point":
      return isPosition(coordinates);
    case "AeroCircle":
      return isArray(coordinates) && isPosition(coordinates[0]) && typeof coordinates[1] === "number";
    case "Polygon":
      return isPolygon(coordinates);
    case "MultiPolygon":
      return isArray(coordinates) && coordinates.every(isPolygon);
    default:
      return false;
  }
}

function isPolygon(loops: unknown): boolean {
  return isArray(loops) && loops.length > 0 && loops.every(isLoop);
}

function isLoop(loop: unknown): boolean {
  if (!isArray(loop) || loop.length < 4 || !loop.every(isPosition)) return false;
  return JSON.stringify(loop[0]) === JSON.stringify(loop[loop.length - 1]);
}

function isPosition(position: unknown): boolean {
  if (!isArray(position)) return false;
  const [longitude, latitude] = position as number[];
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
