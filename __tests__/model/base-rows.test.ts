import { baseRows, byIdDescending, PARTITIONS } from "../../model";
import recording from "../fixtures/rows-six-nodes.json";

describe("base rows", () => {
  it("are those of a real server, complete, for all 4096 partitions", () => {
    const ids = [...recording.ids].sort(byIdDescending);
    const rows = baseRows(ids);
    const ours = Array.from({ length: PARTITIONS }, (_, pid) =>
      Array.from(rows.subarray(pid * 6, pid * 6 + 6), (node) => recording.ids.indexOf(ids[node])).join(""),
    );
    expect(ours).toEqual(recording.rows);
  });
});
