import { createHash } from "node:crypto";

/** A secondary index as it was asked for. */
export interface RegisteredIndex {
  readonly name: string;
  readonly set: string;
  readonly bin: string;
  /** `numeric`, `string`, `blob` or `geo2dsphere`. */
  readonly type: string;
  /** `default`, `list`, `mapkeys` or `mapvalues`. */
  readonly kind: string;
}

/** Modules and secondary indexes that clients have registered: they are listed again, and nothing runs or uses them. */
export class Registered {
  /** Content in base64 by file name. */
  private readonly modules = new Map<string, string>();
  readonly indexes = new Map<string, RegisteredIndex>();

  addModule(name: string, content: string): void {
    this.modules.set(name, content);
  }

  removeModule(name: string): void {
    this.modules.delete(name);
  }

  moduleContent(name: string): string | undefined {
    return this.modules.get(name);
  }

  /** Names, and the SHA-1 of each module's text. */
  moduleHashes(): [name: string, hash: string][] {
    return [...this.modules].map(([name, content]) => [
      name,
      createHash("sha1").update(Buffer.from(content, "base64")).digest("hex"),
    ]);
  }
}
