import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { encodeFrame, type Frame, FrameReader, FrameType } from "../../../rehearsal/wire/frame";

/** Paths of a certificate, its key, and the certificate of the authority that signed it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Makes an authority and a certificate of it for a name, in a folder. */
export function certificate(folder: string, name: string): Certificate {
  const path = (file: string) => join(folder, `${name}-${file}.pem`);
  const [cert, key, ca, caKey] = ["cert", "key", "ca", "ca-key"].map(path);
  const make = (...args: string[]) =>
    execFileSync(
      "openssl",
      [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
        ],
        ...args,
      ],
      { stdio: "ignore", timeout: 30_000 },
    );
  make("-subj", `/CN=Authority of ${name}`, "-out", ca, "-keyout", caKey);
  make(
    "-subj",
    `/CN=${name}`,
    "-addext",
    `subjectAltName=DNS:${name}`,
    "-addext",
    "basicConstraints=CA:FALSE",
    ...["-CA", ca, "-CAkey", caKey, "-out", cert, "-keyout", key],
  );
  return { cert, key, ca };
}

/**
 * A server with TLS alone, as a node with `settings.tls` is: in front of a node of a rehearsal cluster, which has no TLS. What
 * clients ask of TLS services is asked of the plain ones, and answered with the ports of such servers and the nodes' TLS name.
 */
export class TlsServer {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /**
   * @param target `host:port` of the node
   * @param ports of the servers of a cluster's nodes, by such targets: this one's is added
   */
  static async start(
    target: string,
    { cert, key }: Pick<Certificate, "cert" | "key">,
    name = "",
    ports = new Map<string, number>(),
  ): Promise<TlsServer> {
    const [host, port] = target.split(":");
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
    const made = new TlsServer(server);
    server.on("secureConnection", (client) => {
      const node = connect(Number(port), host);
      for (const socket of [client, node]) {
        made.sockets.add(socket);
        socket.on("error", () => {});
      }
      made.pass(client, node, (text) => text.replaceAll("-tls-", "-clear-"));
      made.pass(node, client, (text) =>
        text
          .replaceAll("-clear-", "-tls-")
          .replaceAll(/127\.0\.0\.1:\d+/g, (at) => (ports.has(at) ? `127.0.0.1:${ports.get(at)}` : at))
          .replaceAll(/\[([0-9A-F]+),,\[/g, `[$1,${name},[`),
      );
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.set(target, made.port);
    return made;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  /** Passes frames on, those of info changed. */
  private pass(from: Socket, to: Socket, change: (text: string) => string): void {
    const reader = new FrameReader();
    from.on("data", (data: Buffer) => {
      for (const frame of reader.push(data)) to.write(changed(frame, change));
    });
    from.on("close", () => to.destroy());
  }
}

function changed({ version, type, body }: Frame, change: (text: string) => string): Buffer {
  const bytes = type === FrameType.info ? Buffer.from(change(body.toString("latin1")), "latin1") : body;
  return encodeFrame(type, bytes, version);
}
