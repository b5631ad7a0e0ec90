import type { ComponentChildren, VNode } from "preact";
import { healthyCluster } from "../../model";
import { CODES } from "../../lab/run/codes";
import { changesIn, liveTexts } from "../../lab/run/live";
import { clustersText, type Observation, observedRows } from "../../lab/run/observation";
import type { PartitionsRecord } from "../../lab/run/partitions";
import type { Objective } from "../../lab/run/verdict";
import { Lanes, OutcomeLegend } from "../drawings/lanes";
import { type Owners, orderOf, ownersOf, ownersSeen } from "../drawings/owners";
import { Partitions } from "../drawings/partitions";
import { Quantiles } from "../drawings/quantiles";
import { TopologyDrawing } from "../drawings/topology";
import type { ReportData } from "./data";

/** Observations whose partitions are drawn: those that tell the most; all are in the run's folder. */
const MOST_PARTITIONS = 5;
/** Operations of a bad key's history that are shown. */
const MOST_PROOF = 40;

/** The report of a run: what came of it first, then why. */
export function Report({ data, explorer }: { readonly data: ReportData; readonly explorer?: string }): VNode {
  const { summary } = data;
  return (
    <main>
      <Verdict data={data} />
      <Objectives objectives={summary.objectives} />
      <Differences data={data} />
      <Live data={data} />
      <Section title="What happened, over time">
        <p>
          Each place's clients by outcome (the height is by place), each node by the cluster that it was in,
          the time of the fault shaded. Observed.
        </p>
        <div id="timeline" data-seconds={secondsOf(data)}>
          <Lanes
            title={`Timeline of ${secondsOf(data).toFixed(0)} s: operations by place and outcome, clusters by node`}
            seconds={secondsOf(data)}
            loads={data.loads}
            nodes={data.nodes}
            marks={data.marks}
            {...(faultSpan(data) && { fault: faultSpan(data)! })}
          />
        </div>
        <OutcomeLegend />
        <div id="moment" aria-live="polite" />
      </Section>
      <Latencies data={data} />
      <PartitionsOverTime data={data} />
      <Ledger data={data} />
      <Codes data={data} />
      <Accounting data={data} />
      <Environment data={data} explorer={explorer} />
    </main>
  );
}

function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Verdict({ data: { summary, topology, faults, names } }: { readonly data: ReportData }): VNode {
  return (
    <header>
      <p class={`verdict ${summary.verdict}`}>{summary.verdict}</p>
      <h1>{summary.sentence}</h1>
      <p>
        {summary.experiment}, {summary.live ? "live on" : "on"} {summary.driver}
        {summary.live ? ` in AWS (${summary.live.regions.join(", ")})` : ""};{" "}
        {summary.startedAt.slice(0, 19).replace("T", " ")} UTC, {summary.seconds.toFixed(1)} s.
      </p>
      {summary.reasons.length > 0 ? (
        <ul class="reasons">
          {summary.reasons.map((reason) => (
            <li>{reason}</li>
          ))}
        </ul>
      ) : null}
      <div class="tiles">
        {faults.map(({ name, fault }, i) => (
          <figure>
            <figcaption>fault {name}</figcaption>
            <TopologyDrawing
              title={`The cluster under the fault ${name}`}
              topology={topology}
              fault={fault}
              names={names}
              scope={`fault${i}`}
            />
          </figure>
        ))}
      </div>
    </header>
  );
}

function Objectives({ objectives }: { readonly objectives: readonly Objective[] }): VNode {
  const words = { met: "met", missed: "missed", unproven: "not proven" } as const;
  return (
    <Section title="Objectives">
      <Table
        head={["objective", "from", "target", "predicted", "observed", "outcome"]}
        rows={objectives.map(({ name, kind, target, predicted, observed, met }) => [
          name,
          kind,
          target,
          predicted ?? (kind === "predicted" ? target : ""),
          observed,
          <span class={`met ${met}`}>{words[met]}</span>,
        ])}
      />
    </Section>
  );
}

function Differences({ data: { summary } }: { readonly data: ReportData }): VNode {
  const rows = summary.steps.flatMap(({ observation }) =>
    (observation ? observedRows(observation) : []).map(({ label, side, foretold, observed }): Cell[] => [
      ...[label, side, foretold, observed],
    ]),
  );
  return (
    <Section title="Predicted and observed">
      {summary.differences.length > 0 ? (
        <ul class="reasons">
          {summary.differences.map((text) => (
            <li>{text}</li>
          ))}
        </ul>
      ) : (
        <p>Nothing differs: every observation is as the model predicted.</p>
      )}
      <Table head={["observation", "side", "predicted to serve", "observed"]} rows={rows} numbers={[2, 3]} />
    </Section>
  );
}

/** Of a run on a deployed stack: how well its times are known, what it cost, and when its network was changed. */
function Live({ data: { summary } }: { readonly data: ReportData }): VNode {
  if (!summary.live) return <></>;
  const changes = changesIn(summary);
  return (
    <Section title="On the deployed stack">
      {liveTexts(summary.live).map((text) => (
        <p>{text}</p>
      ))}
      {changes.length > 0 ? (
        <>
          <p>
            A cut is not a moment: entries are made one by one. What is predicted holds after the last; nodes
            that are alone in between are expected.
          </p>
          <Table head={["step", "first change", "last change", "predicted after the last"]} rows={changes} />
        </>
      ) : null}
    </Section>
  );
}

function Latencies({ data: { summary, names } }: { readonly data: ReportData }): VNode {
  const rows = summary.places.flatMap(({ place, phase, kind, latency }) =>
    latency ? [{ name: `${names[place] ?? place}, ${phase}, ${kind}`, ...latency }] : [],
  );
  return (
    <Section title="Latencies of what was acknowledged">
      {rows.length > 0 ? (
        <>
          <p>
            Circle: median; square: 95th percentile; triangle: 99th. Milliseconds, on a logarithmic scale.
          </p>
          <Quantiles title="Latencies by place, phase and kind of operation" rows={rows} />
        </>
      ) : (
        <p>Nothing was acknowledged.</p>
      )}
    </Section>
  );
}

function PartitionsOverTime({
  data: { partitions, topology, summary },
}: {
  readonly data: ReportData;
}): VNode {
  const healthy = ownersOf(topology, [healthyCluster(topology).map]);
  const chosen = telling(partitions);
  return (
    <Section title="The 4096 partitions">
      <p>
        Filled: the node that says it is the working master (observed). Outlined: predicted. In the order of
        their healthy owners.
      </p>
      <div class="tiles">
        {chosen.flatMap((record, i) =>
          viewsOf(record, topology, summary.steps).map(({ name, seen, foretold }, j) => (
            <figure>
              <figcaption>{name}</figcaption>
              <Partitions
                title={`Partitions by owner: ${name}`}
                topology={topology}
                owners={seen}
                foretold={foretold}
                order={orderOf(healthy, foretold)}
                scope={`p${i}-${j}`}
              />
            </figure>
          )),
        )}
      </div>
    </Section>
  );
}

/** What clients beside each cluster see of an observation; one picture where there is one cluster. */
function viewsOf(
  { label, clusters, seen, foretold, dead }: PartitionsRecord,
  topology: ReportData["topology"],
  steps: ReportData["summary"]["steps"],
): { name: string; seen: Owners; foretold: Owners }[] {
  const observed = steps.find(({ observation }) => observation?.label === label)?.observation?.clusters ?? [];
  const anyDead = observed.some((cluster) => cluster.dead > 0);
  const of = (masters: PartitionsRecord["seen"], ids: readonly string[]) =>
    Object.fromEntries(Object.entries(masters).filter(([id]) => ids.includes(id)));
  return clusters.map((members, i) => ({
    name: clusters.length > 1 ? `${label}, beside ${observed[i]?.name ?? members.join(", ")}` : label,
    seen: ownersSeen(topology, of(seen, members), anyDead ? dead : ""),
    foretold: ownersSeen(topology, of(foretold, members), dead),
  }));
}

/** Observations that differ from the one before, or the first; at most so many. */
function telling(records: readonly PartitionsRecord[]): PartitionsRecord[] {
  const changed = records.filter(
    ({ seen, clusters }, i) =>
      i === 0 ||
      JSON.stringify([seen, clusters]) !== JSON.stringify([records[i - 1].seen, records[i - 1].clusters]),
  );
  return changed.length <= MOST_PARTITIONS
    ? changed
    : [...changed.slice(0, MOST_PARTITIONS - 1), changed[changed.length - 1]];
}

function Ledger({ data: { summary } }: { readonly data: ReportData }): VNode {
  const { check } = summary;
  const counted = Object.entries(check.keys).filter(([, count]) => count > 0);
  const start = summary.phases[0].from;
  return (
    <Section title="What the ledgers say of each key">
      <p>
        {counted.map(([name, count]) => `${count.toLocaleString("en-GB")} ${name}`).join(", ") ||
          "No key was used"}
        . Writes in doubt: {check.inDoubt.applied} applied, {check.inDoubt.notApplied} not.
        {check.rpo.writes > 0
          ? ` Acknowledged writes lost or overwritten: ${check.rpo.writes}, of ${check.rpo.keys} keys.`
          : " No acknowledged write is lost."}
      </p>
      {check.findings.map(({ key, class: name, why, proof }) => (
        <details open={check.findings.length <= 3}>
          <summary>
            <code>{key}</code> {name}: {why}
          </summary>
          <Table
            label={`history of ${key}`}
            head={["s", "client", "operation", "value", "outcome", "saw"]}
            rows={proof
              .slice(0, MOST_PROOF)
              .map(({ start: at, client, kind, mode, value, outcome, code, seen }) => [
                ((at - start) / 1e6).toFixed(3),
                client,
                mode ? `${kind} (${mode})` : kind,
                value ?? "",
                code === undefined || code === 0 ? outcome : `${outcome} [${code}]`,
                seen === undefined ? "" : seen === null ? "no record" : [seen].flat().join(", "),
              ])}
            numbers={[0]}
          />
        </details>
      ))}
    </Section>
  );
}

function Codes({ data: { summary, names } }: { readonly data: ReportData }): VNode {
  const total = new Map<string, number>();
  for (const { counts } of summary.places) {
    for (const [code, count] of Object.entries(counts.codes)) {
      total.set(code, (total.get(code) ?? 0) + count);
    }
  }
  const seen = [...total].filter(([code]) => code !== "0").sort(([a], [b]) => Number(a) - Number(b));
  return (
    <Section title="Codes that clients saw, and what an application does on each">
      {seen.length === 0 ? (
        <p>Every operation succeeded.</p>
      ) : (
        <Table
          head={["code", "times", "what to do"]}
          rows={seen.map(([code, count]) => [
            code,
            count.toLocaleString("en-GB"),
            CODES[code] ?? "see the client's list of codes",
          ])}
          numbers={[0, 1]}
        />
      )}
      <Table
        head={["place", "phase", "kind", "ok", "refused", "not sent", "unknown"]}
        rows={summary.places.map(({ place, phase, kind, counts, breaker }) => [
          names[place] ?? place,
          phase,
          breaker ? `${kind} (the client's circuit breaker: no figure of availability)` : kind,
          counts.ok,
          counts.refused,
          counts.notSent,
          counts.unknown,
        ])}
        numbers={[3, 4, 5, 6]}
      />
      <h3>Recovery, in seconds</h3>
      <Table
        head={[
          "region",
          "kind",
          "first failure",
          "detected",
          "re-formed",
          "serving",
          "migrated",
          "full after the heal",
        ]}
        rows={Object.entries(summary.recovery).flatMap(([region, kinds]) =>
          (["write", "read"] as const).map((kind) => [
            names[region] ?? region,
            kind,
            ...(["firstFailure", "detected", "reformed", "serving", "migrated", "full"] as const).map(
              (name) => {
                const ms = kinds[kind][name];
                return ms === null ? "-" : (ms / 1000).toFixed(1);
              },
            ),
          ]),
        )}
        numbers={[2, 3, 4, 5, 6, 7]}
      />
    </Section>
  );
}

function Accounting({ data: { summary } }: { readonly data: ReportData }): VNode {
  const observations = summary.steps.flatMap(({ observation }) => (observation ? [observation] : []));
  if (observations.length === 0) return <></>;
  const sum = (nodes: Observation["nodes"], of: "master" | "prole" | "nonReplica") =>
    nodes.reduce((total, node) => total + node[of], 0);
  return (
    <Section title="Accounting, as asadm's info namespace object">
      {observations.map((observation) => (
        <details>
          <summary>
            {observation.label}: {clustersText(observation)}, {sum(observation.nodes, "master")} masters
          </summary>
          <Table
            label={`accounting, ${observation.label}`}
            head={["node", "rack", "master", "prole", "non-replica"]}
            rows={[
              ...observation.nodes.map(({ id, rack, master, prole, nonReplica }): Cell[] => [
                id,
                rack,
                master,
                prole,
                nonReplica,
              ]),
              [
                "",
                "",
                sum(observation.nodes, "master"),
                sum(observation.nodes, "prole"),
                sum(observation.nodes, "nonReplica"),
              ],
            ]}
            numbers={[1, 2, 3, 4]}
          />
        </details>
      ))}
    </Section>
  );
}

function Environment({
  data: { summary },
  explorer,
}: {
  readonly data: ReportData;
  readonly explorer?: string;
}): VNode {
  return (
    <Section title="How it was run">
      <dl>
        <dt>again</dt>
        <dd>
          <code>{summary.command}</code>
        </dd>
        <dt>with</dt>
        <dd>
          {summary.driver}, stretch {summary.version}, Node {summary.node}
        </dd>
        <dt>seed</dt>
        <dd>{summary.seed}</dd>
        <dt>topology</dt>
        <dd>{summary.topologyHash}</dd>
      </dl>
      {explorer === undefined ? null : (
        <p>
          <a href={explorer}>Play with this cluster and this fault in the explorer.</a>
        </p>
      )}
    </Section>
  );
}

type Cell = ComponentChildren;

/** A table; columns of numbers stand right. It scrolls by itself where the page is narrow. */
function Table({
  label,
  head,
  rows,
  numbers = [],
}: {
  /** What it is about, where a page has several alike. @default its columns */
  readonly label?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly numbers?: readonly number[];
}): VNode {
  const cls = (i: number) => (numbers.includes(i) ? "number" : undefined);
  return (
    <div
      class="scroll"
      tabindex={0}
      role="region"
      aria-label={`Table: ${label ?? head.filter(Boolean).join(", ")}`}
    >
      <table>
        <thead>
          <tr>
            {head.map((name, i) => (
              <th scope="col" class={cls(i)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr>
              {cells.map((cell, i) => (
                <td class={cls(i)}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function secondsOf({ summary }: ReportData): number {
  return summary.seconds;
}

function faultSpan({ summary }: ReportData): { from: number; to: number; name: string } | undefined {
  const phase = summary.phases.find(({ name }) => name === "fault");
  if (!phase) return undefined;
  const { from } = summary.phases[0];
  const step = summary.steps.findLast((one) => "fault" in one.step && one.from <= phase.from)?.step;
  const name = step && "fault" in step ? step.fault : "nodes stopped";
  return { from: (phase.from - from) / 1e6, to: (phase.to - from) / 1e6, name };
}
