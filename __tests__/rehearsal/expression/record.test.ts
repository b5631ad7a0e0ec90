import { digest } from "../../../model";
import { sizeOf } from "../../../rehearsal/cluster/record";
import { encodeBins } from "../../../rehearsal/cluster/bins";
import { Code } from "../../../rehearsal/expression/codes";
import { Type } from "../../../rehearsal/expression/worth";
import { Particle } from "../../../rehearsal/wire/codes";
import { BINS, name, passes, SUBJECT, worth } from "../support/expressions";

const DAY = 86_400;
const EPOCH_2010 = 1262304000;

test("a record tells when it was written, in nanoseconds, and how long ago, in milliseconds", () => {
  expect(worth([Code.lastUpdate])).toBe(BigInt(Date.UTC(2024, 0, 1)) * 1_000_000n);
  expect(worth([Code.sinceUpdate])).toBe(1500n);
  expect(worth([Code.sinceUpdate], { ...SUBJECT, lastUpdate: SUBJECT.now + 5 })).toBe(0n);
});

test("a record tells when it expires, in nanoseconds, and in how many seconds; -1 = never", () => {
  expect([worth([Code.voidTime]), worth([Code.ttl])]).toEqual([-1n, -1n]);
  const voidTime = Math.floor(SUBJECT.now / 1000) - EPOCH_2010 + DAY;
  expect(worth([Code.ttl], { ...SUBJECT, voidTime })).toBe(BigInt(DAY));
  expect(worth([Code.voidTime], { ...SUBJECT, voidTime })).toBe(
    BigInt(voidTime + EPOCH_2010) * 1_000_000_000n,
  );
});

test("a record tells its set, and its key where that is kept and of the type asked for", () => {
  const key = (type: number) => [Code.key, type];
  expect(passes([Code.eq, [Code.setName], "set"])).toBe(true);
  expect(worth(key(Type.string))).toEqual(Buffer.from("key"));
  expect(worth(key(Type.integer))).toBeUndefined();
  expect(worth([Code.keyExists])).toBe(true);
  const without = { ...SUBJECT, key: undefined };
  expect([worth(key(Type.string), without), worth([Code.keyExists], without)]).toEqual([undefined, false]);
  const integer = { ...SUBJECT, key: Buffer.from("010000000000000007", "hex") };
  expect(worth(key(Type.integer), integer)).toBe(7n);
  expect(passes([Code.eq, key(Type.float), key(Type.float)])).toBe(4);
});

test("the last four bytes of the digest are told modulo a number", () => {
  const bytes = Buffer.from(digest("set", "key"));
  expect(worth([Code.digestModulo, 1000])).toBe(BigInt(bytes.readUInt32LE(16) % 1000));
  expect(passes([Code.eq, [Code.digestModulo, 0], 0])).toBe(4);
});

test("a record's bytes are memory or a device's", () => {
  const sizes = [[Code.recordSize], [Code.memorySize], [Code.deviceSize]];
  expect(sizes.map((size) => worth(size))).toEqual([96n, 96n, 0n]);
  expect(sizes.map((size) => worth(size, { ...SUBJECT, inMemory: false }))).toEqual([96n, 0n, 96n]);
  expect(worth([Code.isTombstone])).toBe(false);
});

test("the size of a record is the recorded server's: 240 bytes for a record of ten bins", () => {
  const bin = (of: string, particle: number, value: Buffer) => ({ name: of, particle, value });
  const bins = [
    bin("name", Particle.string, Buffer.alloc(5)),
    bin("t", Particle.bool, Buffer.of(1)),
    bin("f", Particle.bool, Buffer.of(0)),
    bin("age", Particle.integer, Buffer.alloc(8)),
    bin("balance", Particle.integer, Buffer.alloc(8)),
    bin("key", Particle.integer, Buffer.alloc(8)),
    bin("alt_name", Particle.string, Buffer.alloc(5)),
    bin("list_bin", Particle.list, Buffer.alloc(72)),
    bin("ilist_bin", Particle.list, Buffer.alloc(4)),
    bin("imap_bin", Particle.map, Buffer.alloc(7)),
  ];
  const record = { bins: encodeBins(bins), binCount: bins.length, set: "demo", key: undefined, voidTime: 0 };
  expect(sizeOf(record)).toBe(240);
});

test("a bin's particle type is told, 0 of one that is not there", () => {
  expect(BINS.map(({ name: of }) => worth([Code.binType, name(of)]))).toEqual(
    BINS.map(({ particle }) => BigInt(particle)),
  );
  expect(worth([Code.binType, name("none")])).toBe(0n);
});

test("a bin's name of more than 15 bytes, and a type that there is not, are refused (4)", () => {
  expect(passes([Code.eq, [Code.bin, Type.integer, name("x".repeat(16))], 1])).toBe(4);
  expect(passes([Code.eq, [Code.binType, name("x".repeat(16))], 1])).toBe(4);
  expect(passes([Code.eq, [Code.bin, 10, name("i")], 1])).toBe(4);
});
