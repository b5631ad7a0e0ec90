import { AdminCommand, decodeAdmin, encodeAdmin } from "../../../rehearsal/wire/admin";
import { decodeBatch } from "../../../rehearsal/wire/batch";
import { Field, Info2, Op, Particle } from "../../../rehearsal/wire/codes";
import { FrameReader, FrameType } from "../../../rehearsal/wire/frame";
import {
  decodeInfoRequest,
  decodeInfoResponse,
  encodeInfoRequest,
  InfoResponse,
} from "../../../rehearsal/wire/info-frame";
import { decodeMessages, encodeMessages, fieldOf } from "../../../rehearsal/wire/message";
import { decodeValue, encodeValue } from "../../../rehearsal/wire/msgpack";
import { asadmAsks, nodeClientSteps, pythonClientSteps } from "../support/recordings";

const steps = [...nodeClientSteps(), ...pythonClientSteps()];
const frames = steps.flatMap((step) => step.frames.map((frame) => ({ step: step.step, ...frame })));
const messages = frames.filter((frame) => frame.hex !== undefined);
const body = (hex: string) => Buffer.from(hex, "hex").subarray(8);
const request = (step: string) =>
  decodeMessages(body(messages.find((f) => f.step === step && f.dir === "request")!.hex!))[0];

function infoResponse(body: Buffer): Buffer {
  const response = new InfoResponse();
  for (const answer of decodeInfoResponse(body)) response.add(answer);
  return response.frame();
}

describe("the frames of the recordings", () => {
  test("are there: more than 200 of messages and info", () => {
    expect(messages.length).toBeGreaterThan(100);
    expect(frames.length).toBeGreaterThan(200);
  });

  test("messages decode and encode to the very same bytes", () => {
    for (const { hex, step } of messages) {
      const bytes = Buffer.from(hex!, "hex");
      expect({ step, hex: encodeMessages(decodeMessages(bytes.subarray(8))).toString("hex") }).toEqual({
        step,
        hex,
      });
    }
  });

  test("info texts decode and encode to the very same text", () => {
    // Long answers were recorded cut: they end without a newline.
    for (const { info, dir } of frames.filter((frame) => frame.info?.endsWith("\n"))) {
      const bytes = Buffer.from(info!, "utf8");
      const encoded = dir === "request" ? encodeInfoRequest(decodeInfoRequest(bytes)) : infoResponse(bytes);
      expect(encoded.subarray(8).toString("utf8")).toBe(info);
    }
  });

  test("come out of a stream the same however it is cut", () => {
    const all = Buffer.concat(messages.map(({ hex }) => Buffer.from(hex!, "hex")));
    for (const size of [7, 22, 1000, 65536]) {
      const reader = new FrameReader();
      const bodies: Buffer[] = [];
      for (let at = 0; at < all.length; at += size) {
        for (const frame of reader.push(all.subarray(at, at + size))) {
          expect(frame.type).toBe(FrameType.message);
          bodies.push(frame.body);
        }
      }
      expect(bodies.length).toBe(messages.length);
      expect(Buffer.concat(bodies).length).toBe(all.length - 8 * messages.length);
    }
  });

  test("maps and lists decode and encode to the very same bytes", () => {
    let seen = 0;
    for (const { hex } of messages) {
      for (const message of decodeMessages(body(hex!))) {
        for (const op of message.ops) {
          if (op.particle !== Particle.map && op.particle !== Particle.list) continue;
          expect(encodeValue(decodeValue(op.value).value).toString("hex")).toBe(op.value.toString("hex"));
          seen++;
        }
      }
    }
    expect(seen).toBeGreaterThan(20);
  });

  test("filter expressions decode and encode to the very same bytes", () => {
    const filter = fieldOf(request("query: filter expression freq >= 90"), Field.filter)!;
    expect(encodeValue(decodeValue(filter).value).toString("hex")).toBe(filter.toString("hex"));
  });
});

describe("a batch", () => {
  const batch = (step: string) => decodeBatch(fieldOf(request(step), Field.batch)!);

  test("of four reads has their digests and what each reads", () => {
    const { keys } = batch("batchRead: 4 keys, one missing");
    expect(keys.map((key) => key.index)).toEqual([0, 1, 2, 3]);
    expect(keys[0].digest.toString("hex")).toBe("318c861089d117b9ab4a223b9643066e1933e559");
    expect(keys[0].request.ops).toHaveLength(0);
    expect(keys[3].request.ops.map((op) => [op.op, op.name])).toEqual([[Op.read, "f"]]);
    expect(fieldOf(keys[3].request, Field.set)!.toString()).toBe("dummy");
  });

  test("of a write, a read and a removal has each with its own bits", () => {
    const { keys } = batch("batchWrite: write, read, remove");
    expect(keys.map((key) => key.request.info2)).toEqual([
      Info2.write | Info2.respondAllOps,
      0,
      Info2.write | Info2.delete | Info2.respondAllOps,
    ]);
    expect(keys[0].request.ops[0]).toMatchObject({ op: Op.write, name: "a" });
  });
});

describe("an admin frame", () => {
  test("that asadm sends for `show users` decodes and encodes to the very same bytes", () => {
    const hex = asadmAsks()
      .find(({ command }) => command === "show users")!
      .asks.find((ask) => ask.message !== undefined)!.message!;
    const [frame] = new FrameReader().push(Buffer.from(hex, "hex"));
    const { admin } = decodeAdmin(frame.body);
    expect(admin.command).toBe(AdminCommand.queryUsers);
    expect(encodeAdmin([admin], frame.version).toString("hex")).toBe(hex);
  });
});
