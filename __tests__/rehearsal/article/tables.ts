/** Master, Prole and Non-Replica records of each node, as the article's `info object` tables show them. */
export type Table = Readonly<Record<string, readonly [master: number, prole: number, nonReplica: number]>>;

/** Even split, 2024-08-14. */
export const EVEN_TABLES = {
  /** 15:17:18 UTC. */
  loaded470: {
    A600: [92, 73, 0],
    A129: [88, 74, 0],
    A352: [66, 77, 0],
    A70: [77, 71, 0],
    A517: [65, 87, 0],
    A882: [82, 88, 0],
  },
  /** 16:18:29 UTC in London, 16:18:16 UTC in Paris. */
  cut: {
    A600: [155, 171, 155],
    A129: [178, 149, 158],
    A352: [147, 160, 147],
    A70: [165, 156, 150],
    A882: [153, 154, 156],
    A517: [142, 150, 174],
  },
  /** 16:33:08 UTC in London, 16:34:00 UTC in Paris. */
  twoMore: {
    A600: [156, 172, 155],
    A129: [179, 150, 158],
    A352: [147, 160, 147],
    A70: [165, 156, 150],
    A882: [153, 154, 156],
    A517: [142, 150, 174],
  },
} satisfies Record<string, Table>;

/** Odd split and rack failure, 2024-08-21. */
export const ODD_TABLES = {
  /** 12:21:31 UTC. */
  loaded271: {
    A541: [35, 36, 0],
    A333: [40, 31, 0],
    A445: [33, 27, 0],
    A332: [38, 31, 0],
    A829: [46, 52, 0],
    A476: [35, 53, 0],
    A250: [44, 41, 0],
  },
  /** 12:24:13 UTC. */
  loaded517: {
    A541: [68, 66, 0],
    A333: [78, 59, 0],
    A445: [63, 47, 0],
    A332: [77, 59, 0],
    A829: [79, 113, 0],
    A476: [67, 93, 0],
    A250: [85, 80, 0],
  },
  /** 12:26:44 UTC. */
  rackLost: { A829: [0, 0, 192], A476: [0, 0, 160], A250: [0, 0, 165] },
  /** 12:29:31 UTC. */
  rerostered: { A829: [195, 169, 0], A476: [158, 173, 0], A250: [164, 175, 0] },
  /** 12:44:51 UTC. */
  loaded778: { A829: [295, 262, 0], A476: [250, 248, 0], A250: [233, 268, 0] },
  /** 12:49:17 UTC. */
  rackBack: {
    A541: [100, 95, 0],
    A333: [115, 94, 0],
    A445: [102, 74, 0],
    A332: [108, 90, 0],
    A829: [126, 165, 0],
    A476: [104, 148, 0],
    A250: [123, 112, 0],
  },
} satisfies Record<string, Table>;
