import type { Attempt } from "./ledger";
import type { LoaderOptions } from "./options";
import type { Random } from "../../rehearsal/cluster/random";

/** What an operation is to the client, beside what the ledger says of it. */
export interface Work {
  readonly attempt: Attempt;
  readonly set: string;
  readonly id: number | string;
  readonly command: Command;
}

/** What is asked of the client. */
export type Command =
  | { readonly do: "put"; readonly bins: Readonly<Record<string, unknown>>; readonly condition?: Condition }
  | { readonly do: "append"; readonly value: string }
  | { readonly do: "remove" }
  | {
      readonly do: "read";
      readonly show: "article" | "register" | "elements";
      readonly linearized: boolean;
    };

/** A put's condition: the record's generation, or that there is none. */
export type Condition = { readonly generation: number } | "absent";

/** What came of a piece of work, for whoever decides on the next one. */
export interface Done {
  readonly ok: boolean;
  readonly code: number;
  /** A record's generation, and what was seen. */
  readonly generation?: number;
  readonly seen?: string | readonly string[] | null;
  /** Length of the list after an append. */
  readonly length?: number;
}

/** The next piece of work of one of the loader's workers; undefined: there is none left. */
export type Worker = (last: Done | undefined) => Work | undefined;

/** A workload: a worker for each operation in flight. */
export type Workload = () => Worker;

/** Elements at which a list is closed, and the next key begun. */
const MOST_ELEMENTS = 256;

/** Where each workload's records are. */
export const SETS = {
  article: "dummy",
  register: "register",
  append: "append",
  lifecycle: "lifecycle",
} as const;

/** A loader's options once it is known how its namespace is set. */
type LoaderTask = LoaderOptions & { readonly strongConsistency: boolean };

/**
 * The workload of a loader.
 *
 * @throws Error where it needs strong consistency, and the namespace has none.
 */
export function workloadOf(options: LoaderTask, random: Random): Workload {
  switch (options.workload) {
    case "article":
      return article(options, random);
    case "register":
      return register(options, random);
    case "append":
      return append(options, random);
    case "lifecycle":
      return lifecycle(options);
    case "verify":
      return verify(options);
  }
}

/** Whoever reads reads linearized where there is strong consistency. */
function read(
  set: string,
  id: number | string,
  show: "article" | "register" | "elements",
  strong: boolean,
): Work {
  const mode = strong ? "linearized" : "session";
  return {
    attempt: { kind: "read", key: `${set}/${id}`, mode },
    set,
    id,
    command: { do: "read", show, linearized: strong },
  };
}

const COLOURS = ["red", "blue", "green", "yellow", "orange", "purple", "pink", "brown", "cyan", "magenta"];
const MACHINES = [
  ...["MacBook", "ThinkPad", "Chromebook", "Surface", "Latitude", "Surface Book", "Alienware", "ZenBook"],
  ...["Inspiron", "Pavilion"],
];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DAY = 86_400_000;

/** The article's application: its records, each put told apart by its `logged_by` of 20 characters. */
function article({ keys, client }: LoaderTask, random: Random): Workload {
  let next = 0;
  return () => () => {
    const id = keys ? keys[next++] : random.below(4096);
    if (id === undefined) return undefined;
    // The end tells the loader and the put; what precedes it is as random as the article's.
    const tail = `${client.replace(/\W/g, "").slice(-4)}${(keys ? next : next++).toString(36).padStart(6, "0")}`;
    const name = Array.from({ length: 20 - tail.length }, () => random.of(LETTERS)).join("") + tail;
    const bins = {
      freq: random.below(1001),
      country_code: random.below(253),
      logged_by: name,
      report: {
        machine: [random.of(MACHINES)],
        pixels: 2 ** (12 + random.below(13)),
        "colour-scheme": [random.of(COLOURS), random.of(COLOURS)],
        date_mfg: new Date(Date.UTC(2018, 0, 1) + random.below(2435) * DAY).toISOString().slice(0, 10),
      },
    };
    const set = SETS.article;
    return {
      attempt: { kind: "put", key: `${set}/${id}`, value: name },
      set,
      id,
      command: { do: "put", bins },
    };
  };
}

/** Records that hold their value and the one before: read, then put on condition of the generation that was read. */
function register({ client, records = 256, strongConsistency }: LoaderTask, random: Random): Workload {
  let puts = 0;
  const set = SETS.register;
  return () => {
    let id = 0;
    let reading = false;
    return (last) => {
      if (reading && last?.ok) {
        reading = false;
        const value = `${client}:${puts++}`;
        const replaced = last.seen as string | null;
        return {
          attempt: { kind: "put", key: `${set}/${id}`, value, replaced },
          set,
          id,
          command: {
            do: "put",
            bins: { value, replaced: replaced ?? "" },
            condition: replaced === null ? "absent" : { generation: last.generation! },
          },
        };
      }
      id = random.below(records);
      reading = true;
      return read(set, id, "register", strongConsistency);
    };
  };
}

/** Lists that grow; a full one is closed, and the next key begun. */
function append({ client, records = 256, strongConsistency }: LoaderTask, random: Random): Workload {
  let appends = 0;
  const closed = new Map<number, number>();
  const set = SETS.append;
  return () => {
    let slot = 0;
    return (last) => {
      if (last?.length !== undefined && last.length >= MOST_ELEMENTS) {
        closed.set(slot, Math.max(closed.get(slot) ?? 0, Math.floor(last.length / MOST_ELEMENTS)));
      }
      slot = random.below(records);
      const id = slot + records * (closed.get(slot) ?? 0);
      if (random.below(4) === 0) return read(set, id, "elements", strongConsistency);
      const value = `${client}:${appends++}`;
      return {
        attempt: { kind: "append", key: `${set}/${id}`, value },
        set,
        id,
        command: { do: "append", value },
      };
    };
  };
}

/** Each record is put once, removed durably once, then read. */
function lifecycle({ client, namespace, strongConsistency }: LoaderTask): Workload {
  if (!strongConsistency) {
    throw new Error(
      `The workload lifecycle removes records durably and holds them to be gone: expected a strongly consistent namespace, and "${namespace}" is in availability mode. Take register or append.`,
    );
  }
  let next = 0;
  const set = SETS.lifecycle;
  return () => {
    let id = "";
    let stage = 0;
    return (last) => {
      // What failed is not done again: the next record is begun.
      stage = stage === 3 || (last && !last.ok) ? 0 : stage;
      if (stage++ === 0) {
        id = `${client}:${next++}`;
        const attempt = { kind: "put", key: `${set}/${id}`, value: id } as const;
        return { attempt, set, id, command: { do: "put", bins: { value: id } } };
      }
      if (stage === 2) {
        return { attempt: { kind: "delete", key: `${set}/${id}` }, set, id, command: { do: "remove" } };
      }
      return read(set, id, "register", strongConsistency);
    };
  };
}

/** Reads keys back, each until it is answered, three times at most. */
function verify({ keys = [], strongConsistency }: LoaderTask): Workload {
  let next = 0;
  return () => {
    let key = "";
    let tries = 0;
    return (last) => {
      if (!last || last.ok || ++tries === 3) {
        const following = keys[next++];
        if (following === undefined) return undefined;
        key = String(following);
        tries = 0;
      }
      const [set] = key.split("/", 1);
      const text = key.slice(set.length + 1);
      const show = set === SETS.article ? "article" : set === SETS.append ? "elements" : "register";
      return read(set, set === SETS.lifecycle ? text : Number(text), show, strongConsistency);
    };
  };
}
