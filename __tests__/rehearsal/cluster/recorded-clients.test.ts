import { type CannotHear, digest, NO_FAULT, type Topology } from "../../../model";
import type { Node } from "../../../rehearsal/cluster/node";
import { recordRequest, Transactions } from "../../../rehearsal/service/transactions";
import { Field, Info1, Info2, Op, Particle } from "../../../rehearsal/wire/codes";
import { message } from "../../../rehearsal/wire/message";
import { gzippedFixture } from "../../support/fixture-files";
import { EVEN_AP, Run } from "../support/clusters";

type Codes = Record<string, Record<string, number>>;

/** One client beside each of six real nodes writes and reads 24 keys in turn, straight to its node, which proxies. */
interface Recording {
  readonly name: string;
  readonly ids: readonly string[];
  readonly cannotHear: CannotHear;
  readonly orphans: readonly string[];
  /** By node and kind: how often each result code came in each second after the cut. */
  readonly codesBySecond: Record<string, { write: Codes; read: Codes }>;
}

const recordings = gzippedFixture<Recording[]>("recordings/partial-clients");
const KEYS = 24;
const PAUSE = 20;
const set = Buffer.from("dummy");

/** Codes that came between two seconds, either kind. */
function codesIn(codes: { write: Codes; read: Codes }, from: number, to: number): number[] {
  const seconds = [codes.write, codes.read].flatMap((kind) =>
    Object.entries(kind).filter(([second]) => Number(second) >= from && Number(second) < to),
  );
  return [...new Set(seconds.flatMap(([, counts]) => Object.keys(counts).map(Number)))].sort((a, b) => a - b);
}

describe.each(recordings)("clients beside six nodes, as recorded: $name", (recording) => {
  const { ids, cannotHear, orphans } = recording;
  const topology: Topology = { ...EVEN_AP, nodes: ids.map((id) => ({ id, rack: 0 })) };
  const { cluster, clock } = new Run(topology, { seed: recordings.indexOf(recording) + 1 });
  const transactions = new Transactions(cluster);
  const codes: Recording["codesBySecond"] = {};

  function ask(node: Node, kind: "write" | "read", cutAt: number, turn = 0): void {
    const request = recordRequest(
      message({
        ...(kind === "write"
          ? {
              info2: Info2.write,
              ops: [
                {
                  op: Op.write,
                  particle: Particle.string,
                  version: 0,
                  name: "v",
                  value: Buffer.from(`${turn}`),
                },
              ],
            }
          : { info1: Info1.read | Info1.getAll }),
        fields: [
          { type: Field.namespace, value: Buffer.from("mydata") },
          { type: Field.set, value: set },
          { type: Field.digest, value: Buffer.from(digest("dummy", BigInt(turn % KEYS))) },
        ],
      }),
      1000,
    );
    transactions.run(node, request, {
      respond: ({ result }) => {
        const second = Math.floor((clock.now() - cutAt) / 1000);
        const counts = (codes[node.id][kind][second] ??= {});
        counts[result] = (counts[result] ?? 0) + 1;
        clock.after(PAUSE, () => ask(node, kind, cutAt, turn + 1));
      },
      fail: (error) => {
        throw error;
      },
    });
  }

  beforeAll(() => {
    const cutAt = clock.now() + 3000;
    for (const node of cluster.nodes) {
      codes[node.id] = { write: {}, read: {} };
      ask(node, "write", cutAt);
      ask(node, "read", cutAt);
    }
    clock.advance(3000);
    cluster.setFault({ ...NO_FAULT, cannotHear });
    clock.advance(20_000);
  });

  it("get everything beside a member, once the new clusters have formed", () => {
    for (const id of ids.filter((one) => !orphans.includes(one))) {
      expect(codesIn(recording.codesBySecond[id], 8, 20)).toEqual([0]);
      expect(codesIn(codes[id], 8, 20)).toEqual([0]);
    }
  });

  it("get or wait beside an orphan until it blocks, and 11 from then on", () => {
    for (const id of orphans) {
      for (const { [id]: own } of [recording.codesBySecond, codes]) {
        expect(codesIn(own, 4, 10)).toEqual([0, 9]);
        expect(codesIn(own, 15, 20)).toEqual([11]);
      }
    }
  });
});
