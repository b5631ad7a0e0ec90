import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * An HTTP server on loopback, in a process of its own as scripts of a ScratchHost block this one: its first answer ends
 * for ever after some bytes, every other one is whole.
 */
export async function stallingServer() {
  const program = `
    const { createServer } = require("node:http");
    const { readFileSync } = require("node:fs");
    let root, asked = 0;
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => (root = line)).on("close", () => process.exit());
    const server = createServer((request, response) => {
      const body = readFileSync(root + "/offered");
      response.setHeader("Content-Length", body.length);
      if (asked++ > 0) return response.end(body);
      response.write(body.subarray(0, 64));
    }).listen(0, "127.0.0.1", () => console.log(server.address().port));
  `;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    port: Number(port),
    /** What it serves: the file "offered" of this folder. */
    serve: (folder: string): void => void child.stdin.write(`${folder}\n`),
    stop: (): void => void child.kill(),
  };
}
