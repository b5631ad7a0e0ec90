import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { clientHostFiles } from "../../modules/hosts/host-files";
import { describeWith } from "../support/requirements";

describeWith(["ncat"], "the unit chat", () => {
  it("prints what two peers say, one after the other", async () => {
    const { files } = clientHostFiles({
      name: "c",
      region: "eu-west-2",
      resultsBucket: "results",
      resultsPrefix: "p",
    });
    const unit = files.find(({ path }) => path.endsWith("/chat.service"))!.content;
    const [program, ...args] = /^ExecStart=(.+)$/m.exec(unit)![1].split(" ");
    expect(args.pop()).toBe("3000");

    const port = await freePort();
    // As systemd does: no standard input.
    const server = spawn(program, [...args, "127.0.0.1", String(port)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const heard = new Promise<string>((resolve) => {
        let text = "";
        server.stdout.on("data", (data: Buffer) => {
          text += data.toString();
          if (text.includes("London")) resolve(text);
        });
      });
      await say(port, "hello from Paris\n");
      await say(port, "hello from London\n");
      expect(await heard).toBe("hello from Paris\nhello from London\n");
    } finally {
      server.kill();
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Says a line and hangs up; tries until somebody listens. */
async function say(port: number, line: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise<void>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(line));
        socket.on("error", reject).on("close", () => resolve());
      });
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
