import type { ComponentChildren, VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { PARTITIONS } from "../../model";
import { Partitions } from "../drawings/partitions";
import { regionOf, TopologyDrawing } from "../drawings/topology";
import {
  type Broken,
  brokenAfter,
  type Design,
  designOf,
  type ExplorerStep,
  hashOf,
  MOST_NODES,
  racksOf,
  type State,
  stateOf,
  toggled,
  topologyFile,
  withNamespace,
  withNodes,
  withQuiesced,
  withRack,
} from "./state";
import { given, type Preset } from "./presets";
import { type Press, PressChoice } from "./press";
import { sentenceOf, type View, viewOf } from "./view";

/** What the page is given. */
export interface ExplorerData {
  readonly presets: readonly Preset[];
  /** What it begins with where the address says nothing. @default the first preset */
  readonly start?: State;
}

/** The explorer: build a cluster, break it, and see what comes of it. */
export function Explorer({ data }: { readonly data: ExplorerData }): VNode {
  const [first] = data.presets;
  const [state, setState] = useState<State>(
    () => data.start ?? { designs: [designOf(first.topology)], steps: [], names: { ...first.names } },
  );
  const [presetName, setPreset] = useState(first.name);
  const [press, setPress] = useState<Press>("stop");
  const [note, setNote] = useState("");
  const preset = data.presets.find(({ name }) => name === presetName)!;

  useEffect(() => {
    const read = () => {
      if (location.hash.length < 2) return;
      const from = stateOf(location.hash);
      if (from) setState(from);
      else
        setNote("The link's address holds no cluster: it may be cut off. This is the page's own beginning.");
    };
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => {
    const hash = hashOf(state);
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }, [state]);

  const take = (step: ExplorerStep) => setState({ ...state, steps: [...state.steps, step].slice(-100) });
  const breakIt = (one: Broken) => take({ broken: toggled(brokenAfter(state.steps), one) });
  const redesign = (i: number, design: Design) =>
    setState({ ...state, designs: state.designs.map((old, j) => (i === j ? design : old)) });
  const choose = (name: string) => {
    const chosen = data.presets.find((one) => one.name === name)!;
    setPreset(name);
    setState({ designs: [designOf(chosen.topology)], steps: [], names: { ...chosen.names } });
  };
  const done = state.steps.length;
  const broken = brokenAfter(state.steps);
  const next = preset.story[done];

  return (
    <main>
      <h1>What happens when the regions lose each other</h1>
      <p>
        Build a cluster, press its links, racks or nodes, and see who serves what. Predicted by the model that{" "}
        <code>stretch preview</code> uses; nothing is sent anywhere.
      </p>
      <div class="bar" role="toolbar" aria-label="What is explored">
        <label>
          Begin with{" "}
          <select value={presetName} onChange={(event) => choose(event.currentTarget.value)}>
            {data.presets.map(({ name }) => (
              <option value={name}>{name}</option>
            ))}
          </select>
        </label>
        {Object.entries(preset.faults).map(([name, { cannotHear, refuses }]) => {
          const on = broken.some((one) => one.kind === "given" && one.name === name);
          return (
            <button
              type="button"
              aria-pressed={on}
              onClick={() => breakIt(given(name, { cannotHear, refuses, notes: [] }))}
            >
              fault {name}
            </button>
          );
        })}
        <PressChoice press={press} setPress={setPress} stops="stops it" />
      </div>
      <p class="soft">{preset.summary}</p>
      <div class="bar" role="toolbar" aria-label="Steps">
        <button type="button" disabled={broken.length === 0} onClick={() => take({ broken: [] })}>
          Heal all
        </button>
        <button type="button" onClick={() => take({ migrated: true })}>
          Let migrations end
        </button>
        <button type="button" onClick={() => take({ roster: "present" })}>
          Re-roster without what is down
        </button>
        <button type="button" onClick={() => take({ roster: "all" })}>
          Roster of all
        </button>
        <button type="button" onClick={() => take({ revive: true })}>
          Revive
        </button>
        <button
          type="button"
          disabled={done === 0}
          onClick={() => setState({ ...state, steps: state.steps.slice(0, -1) })}
        >
          Undo
        </button>
        {next ? (
          <button type="button" class="next" onClick={() => take(next.step)}>
            Next of its story: {next.label}
          </button>
        ) : null}
      </div>
      {done > 0 ? (
        <ol class="steps" aria-label="Steps so far">
          {state.steps.map((step) => (
            <li>{stepInWords(step)}</li>
          ))}
        </ol>
      ) : null}
      <div class="bar">
        {state.designs.length === 1 ? (
          <button
            type="button"
            onClick={() => setState({ ...state, designs: [state.designs[0], state.designs[0]] })}
          >
            Compare with a second design
          </button>
        ) : (
          <button type="button" onClick={() => setState({ ...state, designs: [state.designs[0]] })}>
            Leave the second design
          </button>
        )}
        <button
          type="button"
          onClick={() => {
            navigator.clipboard.writeText(location.href).then(
              () => setNote("The link is copied."),
              () => setNote("Copy the address of this page: it holds everything."),
            );
          }}
        >
          Copy a link to this
        </button>
        <span role="status">{note}</span>
      </div>
      <div class={`designs of-${state.designs.length}`}>
        {state.designs.map((design, i) => (
          <DesignView
            key={i}
            title={state.designs.length > 1 ? `Design ${"AB"[i]}` : "The cluster"}
            scope={`d${i}`}
            design={design}
            steps={state.steps}
            names={state.names ?? {}}
            press={press}
            breakIt={breakIt}
            change={(changed) => redesign(i, changed)}
          />
        ))}
      </div>
    </main>
  );
}

interface DesignProps {
  readonly title: string;
  readonly scope: string;
  readonly design: Design;
  readonly steps: readonly ExplorerStep[];
  readonly names: Readonly<Record<string, string>>;
  readonly press: Press;
  breakIt(one: Broken): void;
  change(design: Design): void;
}

function DesignView({ title, scope, design, steps, names, press, breakIt, change }: DesignProps): VNode {
  const view = useMemo(() => viewOf(design, steps, names), [design, steps, names]);
  const [seenFrom, setSeenFrom] = useState(-1);
  const from = seenFrom >= 0 && seenFrom < view.clusters.length ? seenFrom : view.owners.length - 1;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <p class="outcome" aria-live="polite">
        {sentenceOf(view)}
      </p>
      {view.remarks.map((remark) => (
        <p>{remark}</p>
      ))}
      <TopologyDrawing
        title={`${title}: regions, racks, nodes and links`}
        topology={view.topology}
        fault={view.fault}
        clusters={view.clusters.map(({ members }) => members)}
        orphans={view.orphans}
        names={names}
        scope={`${scope}t`}
        actions={{
          node: (id) => breakIt({ kind: "node", id, how: press }),
          rack: (rack) => breakIt({ kind: "rack", rack, how: press }),
          link: (a, b) => breakIt({ kind: "link", between: [a, b], deaf: "both" }),
        }}
      />
      <div class="tiles">
        <figure>
          <figcaption>
            <label>
              The 4096 partitions by who serves them, seen{" "}
              <select value={from} onChange={(event) => setSeenFrom(Number(event.currentTarget.value))}>
                {view.clusters.map(({ name }, i) => (
                  <option value={i}>beside {name}</option>
                ))}
                <option value={view.owners.length - 1}>from everywhere</option>
              </select>
            </label>
          </figcaption>
          <Partitions
            title="Partitions by owner"
            topology={view.topology}
            owners={view.owners[from]}
            foretold={view.healthyOwners}
            outlined="healthy"
            order={view.order}
            scope={`${scope}p`}
          />
          <p class="soft">Outlined: who served them when all was well.</p>
          <p class="soft">{view.evidence}</p>
        </figure>
        <div>
          <Clients view={view} />
          <h3>What to do</h3>
          <ul>
            {view.advice.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
          <Cost view={view} design={design} names={names} />
        </div>
      </div>
      <Editor design={design} names={names} change={change} fault={view.fault} scope={scope} />
    </section>
  );
}

function Clients({ view: { clients } }: { readonly view: View }): VNode {
  const places = [...new Set(clients.map(({ place }) => place))];
  const rows = [
    ...new Map(clients.map((one) => [`${one.operation}, connected ${one.connected}`, one])).keys(),
  ];
  const text = ({ counts }: (typeof clients)[number]) =>
    (["ok", "11", "-8"] as const)
      .filter((code) => counts[code] > 0)
      .map((code) => (counts[code] === PARTITIONS ? `${code} all` : `${code} ${counts[code]}`))
      .join(", ");
  return (
    <Scrolling label="What clients get">
      <table>
        <caption>What clients get, in partitions by code</caption>
        <thead>
          <tr>
            <th scope="col">operation</th>
            {places.map((place) => (
              <th scope="col">from {place}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <th scope="row">{row}</th>
              {places.map((place) => (
                <td>
                  {text(
                    clients.find(
                      (one) => `${one.operation}, connected ${one.connected}` === row && one.place === place,
                    )!,
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function Cost({
  view: { times, roundTrips },
  design,
  names,
}: {
  readonly view: View;
  readonly design: Design;
  readonly names: Readonly<Record<string, string>>;
}): VNode {
  const milliseconds = (time: { readonly mean: number; readonly worst: number } | undefined) =>
    time === undefined ? "not known" : `${time.mean.toFixed(1)}, at worst ${time.worst.toFixed(1)}`;
  const regions = Object.keys(times);
  return (
    <>
      <h3>What it costs</h3>
      <p>
        {design.namespace.replicationFactor} {design.namespace.replicationFactor === 1 ? "copy" : "copies"} of
        each record on {design.nodes.length} nodes.
      </p>
      {regions.length > 0 ? (
        <Scrolling label="Round trips">
          <table>
            <caption>What the network adds, ms ({roundTrips})</caption>
            <thead>
              <tr>
                <th scope="col">from</th>
                <th scope="col">write</th>
                <th scope="col">linearized read</th>
                <th scope="col">session read</th>
              </tr>
            </thead>
            <tbody>
              {regions.map((region) => (
                <tr>
                  <th scope="row">{names[region] ?? region}</th>
                  <td>{milliseconds(times[region].write)}</td>
                  <td>{milliseconds(times[region]["linearized read"])}</td>
                  <td>{milliseconds(times[region]["session read"])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      ) : null}
    </>
  );
}

function Scrolling({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div class="scroll" tabindex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}

interface EditorProps {
  readonly design: Design;
  readonly names: Readonly<Record<string, string>>;
  readonly fault: View["fault"];
  readonly scope: string;
  change(design: Design): void;
}

function Editor({ design, names, fault, scope, change }: EditorProps): VNode {
  const racks = racksOf(design);
  const regions = [...new Set(design.nodes.map(regionOf))];
  const [region, setRegion] = useState("");
  const { namespace } = design;
  return (
    <details>
      <summary>Change the design</summary>
      <Scrolling label="Racks">
        <table>
          <thead>
            <tr>
              <th scope="col">rack</th>
              <th scope="col">region</th>
              <th scope="col">nodes</th>
              <th scope="col">of them quiesced</th>
            </tr>
          </thead>
          <tbody>
            {racks.map(({ rack, region: where, nodes }) => (
              <tr>
                <th scope="row">{rack}</th>
                <td>{names[where] ?? where}</td>
                <td>
                  <Count
                    label={`nodes of rack ${rack}`}
                    value={nodes.length}
                    most={MOST_NODES}
                    change={(count) => change(withNodes(design, rack, count))}
                  />
                </td>
                <td>
                  <Count
                    label={`quiesced nodes of rack ${rack}`}
                    value={nodes.filter(({ quiesced }) => quiesced).length}
                    most={nodes.length}
                    change={(count) => change(withQuiesced(design, rack, count))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
      <div class="bar">
        <label>
          Region of a new rack{" "}
          <input
            list={`${scope}regions`}
            value={region}
            placeholder="eu-west-1"
            maxLength={80}
            onInput={(event) => setRegion(event.currentTarget.value)}
          />
        </label>
        <datalist id={`${scope}regions`}>
          {[
            ...new Set([
              ...regions,
              "eu-west-1",
              "eu-west-2",
              "eu-west-3",
              "eu-central-1",
              "us-east-1",
              "us-east-2",
              "us-west-2",
            ]),
          ].map((one) => (
            <option value={one} />
          ))}
        </datalist>
        <button
          type="button"
          disabled={region.trim() === "" || design.nodes.length >= MOST_NODES}
          onClick={() => change(withRack(design, region.trim()))}
        >
          Add a rack of three
        </button>
      </div>
      <div class="bar">
        <label>
          Copies (replication factor){" "}
          <Count
            label="replication factor"
            value={namespace.replicationFactor}
            least={1}
            most={design.nodes.length}
            change={(replicationFactor) => change(withNamespace(design, { replicationFactor }))}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={namespace.strongConsistency}
            onChange={(event) =>
              change(withNamespace(design, { strongConsistency: event.currentTarget.checked }))
            }
          />{" "}
          strong consistency
        </label>
        <label>
          <input
            type="checkbox"
            checked={namespace.preferUniformBalance ?? true}
            onChange={(event) =>
              change(withNamespace(design, { preferUniformBalance: event.currentTarget.checked }))
            }
          />{" "}
          prefer uniform balance
        </label>
        <label>
          Active rack{" "}
          <select
            value={namespace.activeRack ?? 0}
            onChange={(event) =>
              change(withNamespace(design, { activeRack: Number(event.currentTarget.value) }))
            }
          >
            <option value={0}>none</option>
            {racks
              .filter(({ rack }) => rack > 0)
              .map(({ rack }) => (
                <option value={rack}>{rack}</option>
              ))}
          </select>
        </label>
      </div>
      <label>
        As a topology file, for <code>stretch … --topology FILE</code>:
        <textarea readOnly rows={8} value={topologyFile(design, fault)} />
      </label>
      <p>
        <a
          download="topology.json"
          href={`data:application/json,${encodeURIComponent(topologyFile(design, fault))}`}
        >
          Download it
        </a>
      </p>
    </details>
  );
}

function Count({
  label,
  value,
  least = 0,
  most,
  change,
}: {
  readonly label: string;
  readonly value: number;
  readonly least?: number;
  readonly most: number;
  change(value: number): void;
}): VNode {
  return (
    <input
      type="number"
      aria-label={label}
      value={value}
      min={least}
      max={most}
      onChange={(event) => {
        const wanted = Math.round(Number(event.currentTarget.value));
        if (Number.isFinite(wanted)) change(Math.min(most, Math.max(least, wanted)));
      }}
    />
  );
}

/** A step in words. */
export function stepInWords(step: ExplorerStep): string {
  if ("migrated" in step) return "migrations end";
  if ("revive" in step) return "revive, recluster";
  if ("roster" in step) {
    return step.roster === "all"
      ? "roster of all nodes, recluster"
      : "re-roster without what is down, recluster";
  }
  if (step.broken.length === 0) return "all healed";
  return step.broken.map(brokenInWords).join("; ");
}

function brokenInWords(one: Broken): string {
  if (one.kind === "given") return `fault ${one.name}`;
  if (one.kind === "node") return `node ${one.id} ${one.how === "stop" ? "stopped" : "cut off"}`;
  if (one.kind === "rack") return `rack ${one.rack} ${one.how === "stop" ? "stopped" : "cut off"}`;
  const [a, b] = one.between;
  if (one.deaf === "both") return `link ${a} to ${b} cut`;
  return one.deaf === "there" ? `${b} does not hear ${a}` : `${a} does not hear ${b}`;
}
