import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { healthyCluster, PARTITIONS } from "../../model";
import { Lanes, OutcomeLegend } from "../drawings/lanes";
import { orderOf, ownersOf, ownersSeen } from "../drawings/owners";
import { Partitions } from "../drawings/partitions";
import { TopologyDrawing } from "../drawings/topology";
import { type Press, PressChoice } from "../explorer/press";
import { type Broken, faultOf } from "../explorer/state";
import type { LiveData, LiveState, ToPage, ToServer } from "./protocol";

/** Milliseconds until a page that lost the server tries again. */
const AGAIN = 1000;

/** The page of a running playground. */
export function Live({ data, token }: { readonly data: LiveData; readonly token: string }): VNode {
  const [state, setState] = useState<LiveState>();
  const [note, setNote] = useState("Connecting.");
  const [press, setPress] = useState<Press>("stop");
  const socket = useRef<WebSocket | undefined>(undefined);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      const opened = new WebSocket(`ws://${location.host}/?token=${token}`);
      socket.current = opened;
      opened.onopen = () => setNote("");
      opened.onmessage = (event) => {
        const message = JSON.parse(String(event.data)) as ToPage;
        if ("state" in message) setState(message.state);
        else setNote(message.refused);
      };
      opened.onclose = () => {
        if (over) return;
        setNote("The playground does not answer: it has ended, or stands still. Trying again.");
        timer = setTimeout(connect, AGAIN);
      };
    };
    connect();
    return () => {
      over = true;
      clearTimeout(timer);
      socket.current?.close();
    };
  }, [token]);

  const ask = (request: ToServer) => {
    setNote("");
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(request));
    else setNote("Nothing was done: the playground does not answer.");
  };
  const pressed = (one: Broken) => ask({ press: one });

  return (
    <main>
      <h1>{data.experiment}: the playground</h1>
      <p role="status" class="outcome">
        {note}
      </p>
      {state ? <Now {...{ data, state, press, setPress, ask, pressed }} /> : null}
    </main>
  );
}

interface NowProps {
  readonly data: LiveData;
  readonly state: LiveState;
  readonly press: Press;
  setPress(how: Press): void;
  ask(request: ToServer): void;
  pressed(one: Broken): void;
}

function Now({ data: { topology, names, faults }, state, press, setPress, ask, pressed }: NowProps): VNode {
  const { status, masters, broken, events, load } = state;
  const { subClusters, orphans, nodes, settled } = status.cluster;
  const down = nodes.filter(({ up }) => !up).map(({ id }) => id);
  const ids = topology.nodes.map(({ id }) => id);
  const drawn = faultOf(topology, [
    ...broken,
    ...down.map((id) => ({ kind: "node" as const, id, how: "stop" as const })),
  ]);
  const healthy = useMemo(() => ownersOf(topology, [healthyCluster(topology).map]), [topology]);
  const owners = ownersSeen(topology, masters);
  const parted = status.fault !== "none" && broken.length === 0;
  return (
    <>
      <p aria-live="polite" id="clusters">
        {subClusters
          .map(
            ({ members, available, dead }) =>
              `${members.join(", ")}: ${available} of ${PARTITIONS} served${dead > 0 ? `, ${dead} dead` : ""}`,
          )
          .join("; ") || "No node is in a cluster"}
        {orphans.length > 0
          ? `; in no cluster: ${orphans.map(({ id, blocks }) => (blocks ? id : `${id} (still answers as of the old one)`)).join(", ")}`
          : ""}
        {settled ? "." : " (changing)."}
      </p>
      <div class="bar" role="toolbar" aria-label="What to do">
        {faults.map((name) => (
          <button type="button" aria-pressed={status.fault === name} onClick={() => ask({ fault: name })}>
            fault {name}
          </button>
        ))}
        <button type="button" onClick={() => ask({ heal: true })}>
          Heal all
        </button>
        <button type="button" aria-pressed={load.running} onClick={() => ask({ load: !load.running })}>
          {load.running ? "Stop the load" : "Load from every place"}
        </button>
        <PressChoice press={press} setPress={setPress} stops="stops it, or starts it" />
      </div>
      {parted ? (
        <p class="soft">
          The fault {status.fault} is on; the links are drawn as they are where nothing is broken.
        </p>
      ) : null}
      <TopologyDrawing
        title="Regions, racks, nodes and links"
        topology={topology}
        fault={drawn}
        clusters={subClusters.map(({ members }) => members)}
        orphans={orphans.map(({ id }) => id)}
        names={names}
        scope="live"
        actions={{
          node: (id) => pressed({ kind: "node", id, how: press }),
          rack: (rack) => pressed({ kind: "rack", rack, how: press }),
          link: (a, b) => pressed({ kind: "link", between: [a, b], deaf: "both" }),
        }}
      />
      <div class="tiles">
        <figure>
          <figcaption>The 4096 partitions, by the nodes' own word (outlined: when all is well)</figcaption>
          <Partitions
            title="Partitions by owner"
            topology={topology}
            owners={owners}
            foretold={healthy}
            outlined="healthy"
            order={orderOf(healthy, owners)}
            scope="livep"
          />
        </figure>
        <div class="scroll" tabindex={0} role="region" aria-label="Nodes">
          <table>
            <thead>
              <tr>
                {["node", "records", "copies", "kept", "to send", "to receive"].map((name, i) => (
                  <th scope="col" class={i === 0 ? undefined : "number"}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {nodes
                .filter(({ id }) => ids.includes(id))
                .map((node) => (
                  <tr>
                    <th scope="row">
                      {node.id}
                      {node.up ? (node.paused ? " (paused)" : "") : " (down)"}
                    </th>
                    {[
                      node.masterObjects,
                      node.proleObjects,
                      node.nonReplicaObjects,
                      node.migratesTx,
                      node.migratesRx,
                    ].map((count) => (
                      <td class="number">{count}</td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </div>
      {load.lanes.length > 0 ? (
        <section>
          <h2>What clients meet</h2>
          <Lanes
            title={`Operations of the last ${load.seconds} s by place and outcome`}
            seconds={load.seconds}
            loads={load.lanes.map((lane) => ({ ...lane, name: names[lane.name] ?? lane.name }))}
            nodes={[]}
            marks={[]}
          />
          <OutcomeLegend />
        </section>
      ) : null}
      <section>
        <h2>What happened</h2>
        <ol class="log" reversed tabindex={0} aria-label="What happened, the last first">
          {[...events].reverse().map(({ at, text }) => (
            <li>
              {at.toFixed(1)} s {text}
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}
