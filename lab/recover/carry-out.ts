import { rosterText } from "../../model";
import { disagreesOnActiveRack, refusal, rosterAfterText, type Known, type RunbookStep } from "./runbook";
import { type Ask, clustersOf, type Situation, situationOf } from "./situation";

/** A step that is unsafe, or that a node refused. */
export class RefusedStepError extends Error {}

/** Milliseconds in which what was asked of the cluster has to show. */
const LIMIT = 30_000;
/** Milliseconds between two looks. */
const LOOK = 200;

/**
 * Carries a step out that the nodes themselves can take: a change of the roster, a promotion, a revive. Reads the
 * situation anew first.
 *
 * @returns the situation once it is in effect
 * @throws RefusedStepError where the step is unsafe now or a node refuses it; Error where it does not show within 30 s.
 */
export async function carryOut(
  step: RunbookStep,
  ids: readonly string[],
  ask: Ask,
  namespace: string,
  known: Known = {},
): Promise<Situation> {
  const situation = await situationOf(ids, ask, namespace);
  const reason = refusal(step, situation, known);
  if (reason !== undefined) throw new RefusedStepError(reason);
  const [members = []] = clustersOf(situation);
  const key = members[0]?.clusterKey;
  const look = (holds: (now: Situation) => boolean) => until(() => situationOf(ids, ask, namespace), holds);
  const all = (text: string) => Promise.all(members.map(({ id }) => command(ask, id, text)));
  const recluster = () =>
    reclustered(
      members.map(({ id }) => id),
      ask,
    );
  switch (step.step) {
    case "bring-back":
      // Who comes back after a promotion has what its file says.
      if (disagreesOnActiveRack(members[0])) await setActiveRack(members[0].roster.activeRack);
      return setRoster(rosterAfterText(step, situation));
    case "promote":
      await setActiveRack(step.rack);
      return setRoster(rosterAfterText(step, situation));
    case "reroster":
      return setRoster(rosterAfterText(step, situation));
    case "revive":
      await all(`revive:namespace=${namespace}`);
      await recluster();
      return look(({ nodes }) => nodes.every(({ dead, clusterKey }) => clusterKey !== key && dead === 0));
    default:
      return situation;
  }

  async function setActiveRack(rack: number): Promise<void> {
    await all(`set-config:context=namespace;namespace=${namespace};active-rack=${rack}`);
    // The observed nodes carry the new rack after a recluster only (documents, "Designate an active rack").
    await recluster();
    await look(({ nodes }) =>
      nodes.every(
        ({ id, observed }) => !members.some((node) => node.id === id) || observed.activeRack === rack,
      ),
    );
  }

  async function setRoster(text: string): Promise<Situation> {
    const principal = members[0].principal;
    await command(ask, principal, `roster-set:namespace=${namespace};nodes=${text}`);
    await recluster();
    return look(({ nodes }) =>
      nodes.every(
        ({ id, roster, pending }) =>
          !members.some((node) => node.id === id) ||
          (rosterText(roster.nodes, roster.activeRack) === text &&
            rosterText(pending.nodes, pending.activeRack) === text),
      ),
    );
  }
}

/** The principal accepts, the others answer that they are none. */
async function reclustered(ids: readonly string[], ask: Ask): Promise<void> {
  const answers = await Promise.all(ids.map((id) => ask(id, "recluster:")));
  if (!answers.includes("ok")) {
    throw new RefusedStepError(
      `No node took the recluster: ${answers.map((answer) => answer ?? "no answer").join(", ")}.`,
    );
  }
}

async function command(ask: Ask, id: string, text: string): Promise<void> {
  const answer = await ask(id, text);
  if (answer !== "ok") {
    throw new RefusedStepError(`Node ${id} answers "${answer ?? "nothing"}" to ${text}: expected ok.`);
  }
}

async function until(read: () => Promise<Situation>, holds: (now: Situation) => boolean): Promise<Situation> {
  const end = Date.now() + LIMIT;
  for (;;) {
    const now = await read();
    if (holds(now)) return now;
    if (Date.now() > end) throw new Error(`The step did not take effect within ${LIMIT / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
