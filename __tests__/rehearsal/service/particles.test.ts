import { storedBytes } from "../../../rehearsal/service/particles";
import { Particle } from "../../../rehearsal/wire/codes";

const geo = (shape: unknown, cells = 0) => {
  const head = Buffer.alloc(3 + 8 * cells);
  head.writeUInt16BE(cells, 1);
  return Buffer.concat([head, Buffer.from(typeof shape === "string" ? shape : JSON.stringify(shape))]);
};
const hll = (index: number, minhash: number, more = 0) => {
  const out = Buffer.alloc(11 + Math.ceil(((6 + minhash) * 2 ** index) / 8) + more);
  out[1] = index;
  out[2] = minhash;
  return out;
};
const LOOP = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 0],
];

test.each<[string, number, Buffer]>([
  ["an integer", Particle.integer, Buffer.alloc(8)],
  ["a boolean", Particle.bool, Buffer.of(1)],
  ["a text", Particle.string, Buffer.from("ä")],
  ["a blob", Particle.blob, Buffer.of(0xff)],
  ["a HyperLogLog", Particle.hll, hll(8, 0)],
  ["a HyperLogLog with minhash bits", Particle.hll, hll(4, 51)],
  ["a point", Particle.geojson, geo({ type: "Point", coordinates: [-122, 37.5] })],
  ["a point with a cell", Particle.geojson, geo({ type: "Point", coordinates: [0, 0] }, 1)],
  ["a circle", Particle.geojson, geo({ type: "AeroCircle", coordinates: [[0, 0], 1000] })],
  ["a polygon", Particle.geojson, geo({ type: "Polygon", coordinates: [LOOP] })],
  ["several polygons", Particle.geojson, geo({ type: "MultiPolygon", coordinates: [[LOOP], [LOOP]] })],
  ["a feature", Particle.geojson, geo({ type: "Feature", geometry: { type: "Point", coordinates: [0, 0] } })],
])("%s is kept as it is", (_, particle, value) => {
  expect(storedBytes({ particle, value })).toBe(value);
});

test("a list or map is kept in its stored form: pairs by key, integers short", () => {
  const map = Buffer.from("82a2036202d30000000000000001cc05", "hex");
  expect(storedBytes({ particle: Particle.map, value: map })).toEqual(Buffer.from("820105a2036202", "hex"));
});

test.each<[string, number, Buffer, number]>([
  ["an integer of four bytes", Particle.integer, Buffer.alloc(4), 4],
  ["a boolean that is neither", Particle.bool, Buffer.of(9), 4],
  ["a map that is a list", Particle.map, Buffer.of(0x90), 4],
  ["a list with more behind it", Particle.list, Buffer.of(0x90, 0), 4],
  ["a map with a key twice", Particle.map, Buffer.of(0x82, 1, 1, 1, 2), 4],
  ["a HyperLogLog of too few bits", Particle.hll, hll(3, 0), 4],
  ["a HyperLogLog of another length", Particle.hll, hll(8, 0, 1), 4],
  ["a HyperLogLog that is none", Particle.hll, Buffer.of(1), 4],
  ["GeoJSON without its header", Particle.geojson, Buffer.of(0), 160],
  ["GeoJSON that is no JSON", Particle.geojson, geo("{"), 160],
  ["GeoJSON of an unknown type", Particle.geojson, geo({ type: "Line", coordinates: [] }), 160],
  ["a point beyond the pole", Particle.geojson, geo({ type: "Point", coordinates: [0, 91] }), 160],
  ["a loop that is open", Particle.geojson, geo({ type: "Polygon", coordinates: [LOOP.slice(0, 3)] }), 160],
  ["a type that there is not", 99, Buffer.alloc(8), 4],
])("fails on %s", (_, particle, value, code) => {
  expect(storedBytes({ particle, value })).toBe(code);
});
