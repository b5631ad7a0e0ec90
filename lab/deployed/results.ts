import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { patient } from "./aws-clients";
import { awsFailure } from "./aws-failure";
import { wallClock } from "./clocks";

/** A results bucket. */
export interface ResultsPlace {
  readonly bucket: string;
  /** AWS region of the bucket. */
  readonly region: string;
}

/** Times that an object is asked for whose content breaks off. */
const MOST_TRIES = 3;

/** The objects of a stack's results bucket: what a host and the operator tell each other goes through them. */
export class Results {
  private readonly s3: S3Client;

  /** @param heard is told of each answer: when it was asked and answered, by {@link wallClock}, and the `Date` of its header */
  constructor(
    private readonly place: ResultsPlace,
    heard: (asked: number, answered: number, date: string) => void = () => {},
  ) {
    this.s3 = new S3Client({
      ...patient(place.region),
      // A checksum that S3 asks for, and no other: bodies are put as they are.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
    this.s3.middlewareStack.add(
      (next) => async (args) => {
        const asked = wallClock();
        const result = await next(args);
        const { headers } = (result.response ?? {}) as { headers?: Record<string, string> };
        if (headers?.date !== undefined) heard(asked, wallClock(), headers.date);
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
  }

  /** @throws Error where S3 refuses */
  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.told(key, () =>
      this.s3.send(new PutObjectCommand({ Bucket: this.place.bucket, Key: key, Body: body })),
    );
  }

  /** An object's content; undefined where there is none. */
  async get(key: string): Promise<Buffer | undefined> {
    return this.told(key, async () => {
      for (let tries = 1; ; tries++) {
        const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.place.bucket, Key: key }));
        try {
          return Buffer.from(await Body!.transformToByteArray());
        } catch (error) {
          // The SDK asks again until an answer begins, not where it breaks off.
          if (tries === MOST_TRIES) throw error;
        }
      }
    });
  }

  async has(key: string): Promise<boolean> {
    const head = new HeadObjectCommand({ Bucket: this.place.bucket, Key: key });
    return (await this.told(key, () => this.s3.send(head))) !== undefined;
  }

  /** Lets go of its connections. */
  close(): void {
    this.s3.destroy();
  }

  private async told<T>(key: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
      if (name === "NoSuchKey" || name === "NotFound" || $metadata?.httpStatusCode === 404) return undefined;
      throw new Error(`s3://${this.place.bucket}/${key}, ${awsFailure(this.place.region, error)}`, {
        cause: error,
      });
    }
  }
}
