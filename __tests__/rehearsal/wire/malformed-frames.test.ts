import { decodeAdmin } from "../../../rehearsal/wire/admin";
import { decodeBatch } from "../../../rehearsal/wire/batch";
import { FrameError, FrameReader } from "../../../rehearsal/wire/frame";
import { decodeInfoRequest } from "../../../rehearsal/wire/info-frame";
import { decodeMessage, MessageError } from "../../../rehearsal/wire/message";
import { decodeValue, encodeValue, Double, OrderedMap } from "../../../rehearsal/wire/msgpack";
import { malformedCases } from "../support/recordings";

describe("malformed bytes", () => {
  const reset = Object.entries(malformedCases()).filter(([, c]) => c.then === "reset by the server");

  test.each(reset)("fails as a frame where the server resets: %s", (_, { request }) => {
    expect(() => new FrameReader().push(Buffer.from(request, "hex"))).toThrow(FrameError);
  });

  test("fails as a message when a field runs past the end", () => {
    const bytes = Buffer.from(malformedCases()["message, field runs past the end"].request, "hex");
    expect(() => decodeMessage(bytes.subarray(8))).toThrow(MessageError);
  });

  test("an unfinished header waits for more", () => {
    expect(new FrameReader().push(Buffer.from("02010000", "hex"))).toEqual([]);
  });

  test("a command without its newline is none yet", () => {
    expect(decodeInfoRequest(Buffer.from("node"))).toEqual([]);
    expect(decodeInfoRequest(Buffer.from("node\nbui"))).toEqual(["node"]);
  });

  test("fails on lists nested a thousand deep, without using up the stack", () => {
    expect(() => decodeValue(Buffer.alloc(1000, 0x91))).toThrow("nested too deeply");
  });

  test("fails on msgpack, batches and admin messages that end early", () => {
    expect(() => decodeValue(Buffer.from("92c0", "hex"))).toThrow(MessageError);
    expect(() => decodeValue(Buffer.from("c1", "hex"))).toThrow(MessageError);
    expect(() => decodeBatch(Buffer.from("00000001", "hex"))).toThrow(MessageError);
    expect(() => decodeBatch(Buffer.concat([Buffer.from("0000000100", "hex"), Buffer.alloc(25, 1)]))).toThrow(
      "begins with a repeated key",
    );
    expect(() => decodeAdmin(Buffer.from("00000901", "hex"))).toThrow("shorter than its header");
  });

  test("values of every size come back as they were", () => {
    const value = [
      ...[0, 127, 128, 255, 256, 65535, 65536, 4294967295, 2 ** 40, 2n ** 63n],
      ...[-1, -32, -33, -128, -129, -32768, -32769, -(2 ** 31), -(2 ** 40), -(2n ** 62n)],
      new Double(1.5),
      "x".repeat(10),
      "x".repeat(200),
      "x".repeat(70000),
      Buffer.alloc(300, 7),
      new OrderedMap(Array.from({ length: 20 }, (_, i) => [i, `${i}`])),
    ];
    expect(decodeValue(encodeValue(value)).value).toEqual(value);
  });
});
