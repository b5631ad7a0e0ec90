import fc from "fast-check";
import type { Topology } from "../../../model";
import type { Broken, Design } from "../../../pages/explorer/state";

export const LONDON = "eu-west-2";
export const PARIS = "eu-west-3";

/** Three nodes in London, three in Paris, as even-split has them. */
export const EVEN: Topology = {
  namespace: { name: "mydata", replicationFactor: 2, strongConsistency: true },
  nodes: [LONDON, PARIS].flatMap((region, r) =>
    [1, 2, 3].map((ordinal) => ({ id: `A${ordinal}B${32 + r}`, rack: 32 + r, region })),
  ),
};

/** Random designs of 2 to 12 nodes in up to three regions, each with something broken. */
export const broken: fc.Arbitrary<{ design: Design; broken: Broken[] }> = fc
  .record({
    counts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 3 }),
    replicationFactor: fc.integer({ min: 1, max: 3 }),
    strongConsistency: fc.boolean(),
    quiesced: fc.boolean(),
    link: fc.constantFrom("both", "here", "there", undefined),
    node: fc.option(fc.nat(), { nil: undefined }),
    how: fc.constantFrom("stop", "cut"),
  })
  .map(({ counts, replicationFactor, strongConsistency, quiesced, link, node, how }) => {
    const nodes = counts.flatMap((count, r) =>
      Array.from({ length: count }, (_, i) => ({
        id: `A${i + 1}B${r + 1}`,
        rack: r + 1,
        region: ["eu-west-1", LONDON, PARIS][r],
        ...(quiesced && r === counts.length - 1 && i === 0 && { quiesced: true }),
      })),
    );
    const copies = Math.min(replicationFactor, nodes.length - (quiesced ? 1 : 0));
    return {
      design: { nodes, namespace: { name: "mydata", replicationFactor: copies, strongConsistency } },
      broken: [
        ...(link
          ? [{ kind: "link" as const, between: ["eu-west-1", LONDON] as [string, string], deaf: link }]
          : []),
        ...(node === undefined
          ? []
          : [{ kind: "node" as const, id: nodes[node % nodes.length].id, how: how as "stop" | "cut" }]),
      ],
    };
  });
