import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Output } from "./output";

/** Serves one page on loopback, opens it, and ends with Ctrl-C. */
export async function serveOnLoopback(html: string, output: Output): Promise<void> {
  const server = createServer((request, response) => {
    // Another name for this machine is another site's trick (DNS rebinding).
    const { port } = server.address() as AddressInfo;
    const known = [`127.0.0.1:${port}`, `localhost:${port}`].includes(request.headers.host ?? "");
    if (!known || request.method !== "GET" || request.url !== "/") {
      response.writeHead(known ? 404 : 403).end();
      return;
    }
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
      .end(html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  output.print(`The explorer: ${url} (Ctrl-C ends it)`);
  openInBrowser(url);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  server.close();
  server.closeAllConnections();
}

/** Opens an address as the desktop does; where there is none, whoever reads the address opens it. */
export function openInBrowser(url: string): void {
  const [command, ...args] = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", ""],
  }[process.platform as string] ?? ["xdg-open"];
  spawn(command, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
