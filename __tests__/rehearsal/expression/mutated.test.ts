import { Random } from "../../../rehearsal/cluster/random";
import { build } from "../../../rehearsal/expression/build";
import { Code } from "../../../rehearsal/expression/codes";
import { Type } from "../../../rehearsal/expression/worth";
import { MessageError } from "../../../rehearsal/wire/message";
import { encodeValue, type Value } from "../../../rehearsal/wire/msgpack";
import { bin, float, name, quoted, SUBJECT } from "../support/expressions";

const [COUNT, SEED] = [30_000, 20240814];

/** One of each kind. */
const EXPRESSIONS: readonly Value[] = [
  [Code.and, [Code.eq, bin("i"), 42], [Code.not, [Code.gt, bin("f"), float(3)]]],
  [Code.exclusive, bin("t"), [Code.regex, 3, name("^(T|x)e[[:alpha:]]*t{1,2}$"), bin("s")]],
  [Code.eq, [Code.add, bin("i"), [Code.shiftLeft, 1, 3], [Code.div, 100, 7]], [Code.abs, -64]],
  [Code.le, [Code.pow, bin("f"), float(2)], [Code.toFloat, [Code.bitCount, bin("i")]]],
  [
    Code.let,
    name("a"),
    bin("i"),
    name("b"),
    [Code.sub, [Code.variable, name("a")], 2],
    [Code.variable, name("b")],
  ],
  [Code.cond, [Code.eq, [Code.setName], "set"], [Code.ttl], [Code.digestModulo, 7]],
  [Code.eq, [Code.call, Type.integer, 0, [16], [Code.call, Type.list, 0x40, [1, bin("i")], bin("list")]], 4],
  [Code.eq, [Code.call, Type.integer, 0, [97, 7, "a"], bin("map")], [Code.binType, name("map")]],
  [Code.eq, [Code.key, Type.string], "key"],
  [Code.lt, quoted(1, float(2), "three", quoted()), bin("list")],
];

function mutated(bytes: Buffer, random: Random): Buffer {
  const out = Buffer.from(bytes);
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(out.length);
    out[at] = random.of([random.below(256), out[at] ^ (1 << random.below(8)), random.below(128)]);
  }
  return random.next() < 0.1 ? out.subarray(0, random.below(out.length)) : out;
}

test(`${COUNT} mutated expressions are refused, or have a worth of their type (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const samples = EXPRESSIONS.map((one) => encodeValue(one));
  const count = { refused: 0, unknown: 0, known: 0 };
  for (let i = 0; i < COUNT; i++) {
    const bytes = mutated(random.of(samples), random);
    try {
      const { expression } = build(bytes);
      const worth = expression.worth({ subject: SUBJECT, variables: [] });
      if (worth === undefined) count.unknown++;
      else {
        count.known++;
        expect({ i, bytes: bytes.toString("hex"), of: KINDS[expression.type] }).toMatchObject({
          of: kindOf(worth),
        });
      }
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      expect([4, 16]).toContain(error.result);
      count.refused++;
    }
  }
  expect(Math.min(...Object.values(count))).toBeGreaterThan(COUNT / 100);
});

const KINDS: Readonly<Record<Type, string>> = {
  [Type.nil]: "nil",
  [Type.bool]: "boolean",
  [Type.integer]: "bigint",
  [Type.float]: "number",
  [Type.string]: "bytes",
  [Type.list]: "bytes",
  [Type.map]: "bytes",
  [Type.blob]: "bytes",
  [Type.geojson]: "bytes",
  [Type.hll]: "bytes",
  [Type.remove]: "nil",
};

function kindOf(worth: unknown): string {
  if (worth === null) return "nil";
  return Buffer.isBuffer(worth) ? "bytes" : typeof worth;
}
