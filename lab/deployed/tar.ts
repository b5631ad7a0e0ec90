/** A file of an archive. */
export interface ArchiveFile {
  /** Path in the archive, up to 100 characters. */
  readonly path: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;

/** A tar archive (POSIX ustar): the same bytes for the same files, which are sorted by path, of no owner and no time. */
export function tar(files: readonly ArchiveFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.concat([
    ...sorted.flatMap(({ path, content }) => [
      header(path, content.length),
      content,
      Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
    ]),
    // An archive ends with two empty blocks.
    Buffer.alloc(2 * BLOCK),
  ]);
}

function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long a path for an archive.`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  block.write(path, 0);
  block.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  // Its checksum is that of the header with blanks in its place.
  block.write("        0", 148);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((a, b) => a + b, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
