import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is answered to a request. */
export interface AwsReply {
  readonly status: number;
  readonly body: string | Buffer;
}

/** A server on loopback that real clients of the AWS SDK ask in place of AWS, for the variables of the environment that lead there. */
export class StandInAws {
  static async start(answer: (request: IncomingMessage, body: Buffer) => AwsReply): Promise<StandInAws> {
    const aws = new StandInAws(answer);
    await new Promise<void>((resolve) => aws.server.listen(0, "127.0.0.1", resolve));
    return aws;
  }

  private readonly server = createServer((from, to) => void this.serve(from, to));

  private constructor(private readonly answer: (request: IncomingMessage, body: Buffer) => AwsReply) {}

  get environment(): Record<string, string> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const { status, body } = this.answer(from, Buffer.concat(chunks));
    to.writeHead(status);
    to.end(from.method === "HEAD" ? undefined : body);
  }
}

/** The objects of S3, in memory. */
export class Objects {
  readonly all = new Map<string, Buffer>();
  /** Keys that nobody may read or write. */
  denied: (key: string, method: string) => boolean = () => false;

  answer({ method, url }: IncomingMessage, body: Buffer): AwsReply {
    const key = decodeURIComponent(url!.split("?")[0].split("/").slice(2).join("/"));
    const xml = (code: string) => `<Error><Code>${code}</Code><Message>${code} of ${key}</Message></Error>`;
    if (this.denied(key, method!)) return { status: 403, body: xml("AccessDenied") };
    if (method === "PUT") {
      this.all.set(key, body);
      return { status: 200, body: "" };
    }
    const found = this.all.get(key);
    return found ? { status: 200, body: found } : { status: 404, body: xml("NoSuchKey") };
  }
}

/** Sets variables of the environment; returns what sets them back. */
export function setEnvironment(variables: Record<string, string>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
