import { deflateSync } from "node:zlib";
import { inflated } from "../../../rehearsal/wire/compressed";
import { encodeFrame, FrameType } from "../../../rehearsal/wire/frame";

function compressed(frame: Buffer, size = frame.length): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([head, deflateSync(frame)]);
}

const MESSAGE = encodeFrame(FrameType.message, Buffer.alloc(5000, 7));

test("a compressed frame holds a whole one", () => {
  expect(inflated(compressed(MESSAGE))).toEqual({
    version: 2,
    type: FrameType.message,
    body: Buffer.alloc(5000, 7),
  });
});

test.each([
  ["without a header", Buffer.alloc(3)],
  ["that is not compressed", Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, 20), Buffer.alloc(20, 1)])],
  ["longer than it says", compressed(MESSAGE, 100)],
  ["shorter than it says", compressed(MESSAGE, MESSAGE.length + 1)],
  ["of more than a server takes", compressed(MESSAGE, 2 ** 40)],
  ["of two frames", compressed(Buffer.concat([MESSAGE, MESSAGE]))],
])("fails on one %s", (_, body) => {
  expect(() => inflated(body)).toThrow(/frame/);
});
