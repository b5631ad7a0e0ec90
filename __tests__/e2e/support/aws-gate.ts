import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call as AWS sees it. */
export interface Call {
  /** `ec2`, as the signature names it. */
  readonly service: string;
  readonly region: string;
  /** Action of a query, else method and path. */
  readonly action: string;
  readonly body: string;
}

/** What AWS would answer in place of moto: an error's code. */
export type Rule = (call: Call) => string | undefined;

/** Stands before moto and refuses what AWS refuses: more values than a filter takes, too many calls, what is forbidden. */
export class AwsGate {
  /** @param regions those that are enabled in the account; moto has all of them */
  static async before(endpoint: string, regions: readonly string[]): Promise<AwsGate> {
    const gate = new AwsGate(endpoint, regions);
    await new Promise<void>((resolve) => gate.server.listen(0, "127.0.0.1", resolve));
    return gate;
  }

  readonly calls: Call[] = [];
  /** Calls that were refused, by error. */
  readonly refused: Record<string, number> = {};
  rules: Rule[] = [];
  /** Whether nothing gets through to AWS, and nothing back. */
  lost = false;

  private readonly server = createServer((from, to) => void this.pass(from, to));

  private constructor(
    private readonly behind: string,
    private readonly regions: readonly string[],
  ) {}

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was asked of it. */
  open(...rules: Rule[]): void {
    this.rules = rules;
    this.lost = false;
    this.calls.length = 0;
    for (const code of Object.keys(this.refused)) delete this.refused[code];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    if (this.lost) {
      from.socket.destroy();
      return;
    }
    const body = Buffer.concat(chunks);
    const call = callOf(from, body.toString());
    this.calls.push(call);
    const code = [limits, ...this.rules].map((rule) => rule(call)).find((error) => error !== undefined);
    if (code !== undefined) {
      this.refused[code] = (this.refused[code] ?? 0) + 1;
      to.writeHead(code === "RequestLimitExceeded" ? 503 : 403, { "x-amzn-errortype": code });
      to.end(errorBody(call, code));
      return;
    }
    if (call.action === "DescribeRegions") {
      const items = this.regions.map((name) => `<item><regionName>${name}</regionName></item>`).join("");
      to.end(`<DescribeRegionsResponse><regionInfo>${items}</regionInfo></DescribeRegionsResponse>`);
      return;
    }
    const onward = request(
      new URL(from.url!, this.behind),
      { method: from.method, headers: from.headers },
      (answer) => {
        to.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(to);
      },
    );
    onward.on("error", () => to.destroy());
    onward.end(body);
  }
}

/** A share of all calls is throttled; which ones, the seed says. */
export function throttling(share: number, seed: number): Rule {
  let state = seed;
  return () => {
    // A linear congruential generator modulo 2^32 (Numerical Recipes, ranqd1).
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < share ? "RequestLimitExceeded" : undefined;
  };
}

/** What AWS refuses of anybody: more than 200 values in a filter. */
const limits: Rule = ({ service, body }) =>
  service === "ec2" && /(?:^|&)(?:Filter\.\d+\.Value|[A-Z]\w+Id)\.20[1-9]=/.test(body)
    ? "FilterLimitExceeded"
    : undefined;

function callOf({ headers, method, url }: IncomingMessage, body: string): Call {
  const [, region = "", service = ""] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
  const target = headers["x-amz-target"];
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? target?.toString() ?? `${method} ${url}`;
  return { service, region, action, body };
}

function errorBody({ service }: Call, code: string): string {
  const message = `${code} by the gate`;
  if (service === "ec2") {
    return `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`;
  }
  if (service === "s3") return `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  if (["iam", "sts", "monitoring"].includes(service)) {
    return `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  }
  return JSON.stringify({ __type: code, message });
}
