/**
 * Makes the nodes of a rehearsal cluster do wrong at one record, as `BROKEN_NODE` tells (JSON): loaded into their process before
 * its program, and no part of the package.
 */
import { digest } from "../../../model";
import type { Cluster } from "../../../rehearsal/cluster/cluster";
import type { StoredRecord } from "../../../rehearsal/cluster/record";
import { type Reply, reply } from "../../../rehearsal/service/operate";
import { type Asker, type RecordRequest, Transactions } from "../../../rehearsal/service/transactions";
import { Info2, Result } from "../../../rehearsal/wire/codes";
import type { BrokenNode, Wrong } from "./broken-run";

/** Milliseconds after which whoever asked for a write has surely heard that it was acknowledged. */
const LONG = 300;

/** The record in all copies of the cluster. */
interface Stored {
  get(): StoredRecord | undefined;
  set(record: StoredRecord): void;
}

/** Carries a request for the record out, or does not: `run` does it rightly. */
type Meddler = (
  request: RecordRequest,
  respond: (reply: Reply) => void,
  run: (respond: (reply: Reply) => void) => void,
  stored: Stored,
) => void;

const isWrite = ({ message }: RecordRequest) => (message.info2 & Info2.write) !== 0;
const isDelete = ({ message }: RecordRequest) => (message.info2 & Info2.delete) !== 0;

const meddlers: Readonly<Record<Wrong, () => Meddler>> = {
  drops: () => {
    let done = false;
    return (request, respond, run) => {
      if (done || !isWrite(request)) return run(respond);
      done = true;
      respond(reply(Result.ok));
    };
  },

  "answers-stale": () => {
    let old: Reply | undefined;
    let writes = 0;
    let since = Infinity;
    let done = false;
    return (request, respond, run) => {
      const stale = !done && !isWrite(request) && Date.now() - since > LONG;
      if (stale) {
        done = true;
        return respond(old!);
      }
      run((answer) => {
        if (answer.result === Result.ok) {
          if (!isWrite(request)) old ??= answer;
          else if (old && ++writes === 2) since = Date.now();
        }
        respond(answer);
      });
    };
  },

  "takes-back": () => {
    let before: StoredRecord | undefined;
    let stage: "begun" | "written" | "over" = "begun";
    return (request, respond, run, stored) => {
      const there = stored.get();
      run((answer) => {
        if (stage === "begun" && isWrite(request) && there && answer.result === Result.ok) {
          [before, stage] = [there, "written"];
          return respond(reply(Result.timeout));
        }
        if (stage === "written" && !isWrite(request)) {
          stored.set(before!);
          stage = "over";
        }
        respond(answer);
      });
    };
  },

  "appends-twice": () => {
    let done = false;
    return (request, respond, run) => {
      if (done || !isWrite(request)) return run(respond);
      done = true;
      run(() => run(respond));
    };
  },

  resurrects: () => (request, respond, run, stored) => {
    const there = stored.get();
    run((answer) => {
      if (isDelete(request)) stored.set(there!);
      respond(answer);
    });
  },
};

const { wrong, set, id } = JSON.parse(process.env.BROKEN_NODE!) as BrokenNode;
const victim = Buffer.from(digest(set, id)).toString("latin1");
const meddle = meddlers[wrong]();
const { run } = Transactions.prototype;

Transactions.prototype.run = function (node, request, asker: Asker) {
  if (request.digest !== victim) return run.call(this, node, request, asker);
  const { nodes } = (this as unknown as { cluster: Cluster }).cluster;
  const copies = () => nodes.flatMap((one) => one.copyOf(request.pid) ?? []);
  meddle(
    request,
    (answer) => asker.respond(answer),
    (respond) => run.call(this, node, request, { respond, fail: (error) => asker.fail(error) }),
    {
      get: () => copies().flatMap((copy) => copy.get(victim) ?? [])[0],
      set: (record) => copies().forEach((copy) => copy.set(victim, record)),
    },
  );
};
