import { inflateSync } from "node:zlib";
import { type Frame, FRAME_HEADER, FrameError, FrameReader, MAX_BODY } from "./frame";

/** Bytes that say how long the frame is that follows them, compressed. */
const SIZE = 8;

/**
 * The frame within a compressed one, as clients send it to Enterprise servers where they are told to compress: its length,
 * then the whole frame as zlib has it. Throws {@link FrameError} on bytes that are none, or of another length.
 */
export function inflated(body: Buffer): Frame {
  if (body.length < SIZE) throw new FrameError("compressed frame shorter than its header");
  const size = body.readBigUInt64BE();
  if (size < FRAME_HEADER || size > FRAME_HEADER + MAX_BODY)
    throw new FrameError(`compressed frame of ${size} bytes`);
  let bytes: Buffer;
  try {
    bytes = inflateSync(body.subarray(SIZE), { maxOutputLength: Number(size) });
  } catch (error) {
    throw new FrameError(`compressed frame: ${String(error)}`);
  }
  const frames = new FrameReader().push(bytes);
  if (BigInt(bytes.length) !== size || frames.length !== 1)
    throw new FrameError("compressed frame of another length");
  return frames[0];
}
