/** What an 8-byte protocol header says of the bytes behind it. */
export const FrameType = { info: 1, admin: 2, message: 3, compressed: 4 } as const;

const VERSION = 2;
/** Bytes of a frame's header. */
export const FRAME_HEADER = 8;
/** A server resets a connection that declares more (a recorded 200 MiB did). */
export const MAX_BODY = 128 * 1024 * 1024;

/** One frame of the wire: version, type, and the body without its header. */
export interface Frame {
  readonly version: number;
  readonly type: number;
  readonly body: Buffer;
}

/** The bytes cannot be a frame: the connection is reset, as the server does. */
export class FrameError extends Error {}

/** A frame's bytes: version, type, six bytes of length, body. */
export function encodeFrame(type: number, body: Buffer, version = VERSION): Buffer {
  const out = Buffer.allocUnsafe(FRAME_HEADER + body.length);
  writeHeader(out, type, body.length, version);
  body.copy(out, FRAME_HEADER);
  return out;
}

/** Writes the 8-byte header at the start of `out`. */
export function writeHeader(out: Buffer, type: number, length: number, version = VERSION): void {
  out[0] = version;
  out[1] = type;
  out.writeUIntBE(length, 2, 6);
}

/** Bytes that a piece of a frame takes beside its own. */
const PIECE = 256;

/** Cuts a stream of bytes into frames; keeps only what an unfinished frame has sent so far. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private held = 0;
  private wanted = FRAME_HEADER;

  /** Bytes of memory that the unfinished frame takes. */
  get memory(): number {
    return this.held + PIECE * this.chunks.length;
  }

  /** Adds bytes and returns the frames that they complete. Throws {@link FrameError} on bytes that are no frame. */
  push(chunk: Buffer): Frame[] {
    this.chunks.push(chunk);
    this.held += chunk.length;
    // Only the header is looked at until the whole frame is here: joining a long frame at every chunk would be quadratic.
    if (this.held < this.wanted) return [];
    let bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.held);
    const frames: Frame[] = [];
    while (bytes.length >= FRAME_HEADER) {
      const length = checkedLength(bytes);
      this.wanted = FRAME_HEADER + length;
      if (bytes.length < this.wanted) break;
      frames.push({ version: bytes[0], type: bytes[1], body: bytes.subarray(FRAME_HEADER, this.wanted) });
      bytes = bytes.subarray(this.wanted);
      this.wanted = FRAME_HEADER;
    }
    // A copy: it would keep all that came with it.
    this.chunks = bytes.length > 0 ? [Buffer.from(bytes)] : [];
    this.held = bytes.length;
    return frames;
  }
}

function checkedLength(header: Buffer): number {
  const [version, type] = header;
  const known = type >= FrameType.info && type <= FrameType.compressed;
  // The admin protocol counts its own versions: clients send 0.
  const rightVersion = version === VERSION || (type === FrameType.admin && version === 0);
  if (!known || !rightVersion) throw new FrameError(`not a frame: version ${version}, type ${type}`);
  const length = header.readUIntBE(2, 6);
  if (length > MAX_BODY) throw new FrameError(`frame of ${length} bytes, more than ${MAX_BODY}`);
  return length;
}
