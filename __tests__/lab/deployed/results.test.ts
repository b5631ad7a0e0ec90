import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Results } from "../../../lab/deployed/results";
import { setEnvironment } from "./support/stand-in-aws";

describe("the results bucket", () => {
  let server: Server;
  let restore: () => void;
  let results: Results;
  /** Answers whose content breaks off in its midst. */
  let broken = 0;

  beforeEach(async () => {
    server = createServer((_, reply) => {
      reply.writeHead(200, { "content-length": 10 });
      if (broken-- > 0) reply.write("01234", () => reply.destroy());
      else reply.end("0123456789");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    restore = setEnvironment({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    });
    results = new Results({ bucket: "stretch-1", region: "eu-west-2" });
  });
  afterEach(async () => {
    results.close();
    restore();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("is asked again for an object whose content breaks off", async () => {
    broken = 2;
    expect((await results.get("ledger.gz"))?.toString()).toBe("0123456789");
  });

  it("fails, and says which object, where it breaks off each time", async () => {
    broken = Infinity;
    await expect(results.get("ledger.gz")).rejects.toThrow("s3://stretch-1/ledger.gz, eu-west-2: ");
  });
});
