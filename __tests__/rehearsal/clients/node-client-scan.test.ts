/** @jest-environment ./__tests__/support/real-client-environment.js */
import { EVEN_AP, LONDON } from "../support/clusters";
import { Aerospike, connect, endAll, patient, rehearse } from "../support/real-client";
import { describeWith } from "../../support/requirements";

jest.setTimeout(180_000);
afterAll(endAll);

const RECORDS = 20_000;

describeWith(
  ["client for Node.js"],
  "a scan by the real client that lives through the loss of a node",
  () => {
    test("brings every record once: the client goes on behind the last digest that it received", async () => {
      const rehearsal = await rehearse({ topology: EVEN_AP });
      const client = await connect(rehearsal.seeds[LONDON], patient());
      for (let from = 0; from < RECORDS; from += 200) {
        await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            client.put(new Aerospike.Key("mydata", "scanned", from + i), { i: from + i }),
          ),
        );
      }
      const policy = new Aerospike.ScanPolicy({
        // It asks again without a pause until the nodes have noticed the loss, and it has heard of the new owners.
        maxRetries: 100_000,
        totalTimeout: 120_000,
        socketTimeout: 20_000,
      });
      const times = new Map<number, number>();
      let stopped: Promise<unknown> | undefined;
      const stream = client.scan("mydata", "scanned").foreach(policy);
      await new Promise<void>((resolve, reject) => {
        stream.on("data", ({ bins }: { bins: { i: number } }) => {
          times.set(bins.i, (times.get(bins.i) ?? 0) + 1);
          if (times.size === 2000) stopped = rehearsal.stopNode("A352", "unclean");
        });
        stream.on("error", reject);
        stream.on("end", () => resolve());
      });
      await stopped;
      expect(stopped).toBeDefined();
      expect(times.size).toBe(RECORDS);
      expect([...times.values()].filter((count) => count > 1)).toEqual([]);
    });
  },
);
