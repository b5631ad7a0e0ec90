/** @jest-environment ./__tests__/support/real-client-environment.js */
import { ClientAsk } from "../../../lab/observe/client-ask";
import { EVEN, LONDON } from "../../rehearsal/support/clusters";
import { Aerospike, endAll, rehearse } from "../../rehearsal/support/real-client";
import { describeWith } from "../../support/requirements";

afterAll(endAll);

describeWith(["client for Node.js"], "asking nodes through the client", () => {
  test("brings what a server answers beside a command that it refuses, as Community refuses roster:", async () => {
    const host = (await rehearse({ topology: EVEN })).seeds[LONDON];
    const asking = await ClientAsk.connect(Aerospike, host);
    try {
      const answers = (await asking.ask(host, ["node", "no-such-command", "statistics"]))!;
      expect(answers.get("node")).toBe("A352");
      expect(answers.get("no-such-command")).toMatch(/^ERROR:\d+:[^,]+$/);
      expect(answers.get("statistics")).toContain("cluster_size=6");
    } finally {
      asking.close();
    }
  });

  test("brings nothing of a node that does not answer", async () => {
    const host = (await rehearse({ topology: EVEN })).seeds[LONDON];
    const asking = await ClientAsk.connect(Aerospike, host);
    try {
      expect(await asking.ask("127.0.0.1:1", ["node"])).toBeUndefined();
    } finally {
      asking.close();
    }
  });
});
