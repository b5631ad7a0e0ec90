/** A link whose packets are late, or lost now and then: between nodes, and between a region's clients and nodes. */
export interface SlowLink {
  /** Its ends, each a node's id or a region: all nodes there, and the clients there. Both may be one region. */
  readonly between: readonly [string, string];
  /** Milliseconds that every packet takes longer, one way, 0 to 10,000. @default 0 */
  readonly delay?: number;
  /** Milliseconds that a packet takes longer at most beside that, one way, any as likely, 0 to 10,000. @default 0 */
  readonly jitter?: number;
  /** Percent of the packets that are lost, 0 to 99; where all are, the link is cut. @default 0 */
  readonly loss?: number;
}

/** Where a packet begins or ends: at a node, or at a client of a region. */
export interface Place {
  /** Id of the node; none = a client. */
  readonly id?: string;
  readonly region?: string;
}

/** What packets meet between two places beside the distance. */
export type LinkQuality = Required<Omit<SlowLink, "between">>;

/** Most milliseconds of delay and of jitter, and percent of loss. */
export const MOST_LINK = { delay: 10_000, jitter: 10_000, loss: 99 } as const;

/** What slow links do between two places: delays and jitters of several add up, and each loses its share. */
export function linkQuality(links: readonly SlowLink[], a: Place, b: Place): LinkQuality {
  let [delay, jitter, arrives] = [0, 0, 1];
  for (const link of links) {
    const [one, other] = link.between;
    if (!(isAt(one, a) && isAt(other, b)) && !(isAt(one, b) && isAt(other, a))) continue;
    delay += link.delay ?? 0;
    jitter += link.jitter ?? 0;
    arrives *= 1 - (link.loss ?? 0) / 100;
  }
  return { delay, jitter, loss: 100 * (1 - arrives) };
}

function isAt(end: string, { id, region }: Place): boolean {
  return end === id || end === region;
}
