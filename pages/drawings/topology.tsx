import type { VNode } from "preact";
import type { Fault, Topology, TopologyNode } from "../../model";
import { Drawing, type Place, pressable, round } from "./drawing";
import { looksOf } from "./partitions";
import { Patterns } from "./patterns";

/** Size of a node, and room around it. */
const NODE = { width: 70, height: 34, gap: 8 };
const PAD = 10;
const RACK_TITLE = 20;
const REGION_TITLE = 26;
/** Room between two regions, for their link. */
const BETWEEN = 96;
/** Nodes of a rack in a line, by how many it has: few stand in a column. */
const perLine = (count: number) => (count <= 4 ? 1 : Math.ceil(Math.sqrt(count)));

/** What pressing the parts does. */
export interface TopologyActions {
  node?(id: string): void;
  rack?(rack: number): void;
  link?(a: string, b: string): void;
}

/** Regions, racks, nodes, the links between regions, and what is broken. */
export interface TopologyDrawingProps {
  readonly title: string;
  readonly topology: Topology;
  readonly fault: Pick<Fault, "cannotHear" | "refuses">;
  /** Node ids of each cluster, where there is not one alone. @default none */
  readonly clusters?: readonly (readonly string[])[];
  /** Ids of nodes in no cluster. @default none */
  readonly orphans?: readonly string[];
  /** Names of regions. @default the regions themselves */
  readonly names?: Readonly<Record<string, string>>;
  readonly actions?: TopologyActions;
  readonly scope: string;
  readonly alone?: boolean;
  readonly at?: Place;
}

interface Box {
  readonly region: string;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly racks: readonly {
    readonly rack: number;
    readonly x: number;
    readonly width: number;
    readonly height: number;
    readonly nodes: readonly { readonly node: TopologyNode; readonly x: number; readonly y: number }[];
  }[];
}

/** The topology, with the cut. */
export function TopologyDrawing({
  title,
  topology,
  fault,
  clusters = [],
  orphans = [],
  names = {},
  actions,
  scope,
  alone,
  at,
}: TopologyDrawingProps): VNode {
  const boxes = boxesOf(topology.nodes);
  const tall = tallest(boxes);
  const looks = looksOf(topology, scope);
  const down = new Set(
    Object.entries(fault.cannotHear).flatMap(([id, lost]) => (lost.includes(id) ? [id] : [])),
  );
  const clusterOf = (id: string) => clusters.findIndex((members) => members.includes(id));
  return (
    <Drawing title={title} {...sizeOf(boxes)} interactive={actions !== undefined} alone={alone} at={at}>
      <Patterns scope={scope} />
      {pairsOf(boxes).map(([a, b, apart]) => (
        <Link
          {...{ a, b, apart, tall }}
          state={linkState(topology.nodes, fault, a.region, b.region)}
          names={names}
          press={actions?.link && (() => actions.link!(a.region, b.region))}
        />
      ))}
      {boxes.map((box) => (
        <g transform={`translate(${box.x} 2)`}>
          <rect class="frame" width={box.width} height={box.height} rx="6" />
          <text x={PAD} y="18" font-weight="600">
            {names[box.region] ?? box.region}
          </text>
          {box.racks.map(({ rack, x, width, height, nodes }) => {
            const stopped = nodes.every(({ node }) => down.has(node.id));
            return (
              <g transform={`translate(${x} ${REGION_TITLE})`}>
                <rect class="frame" width={width} height={height} rx="4" stroke-dasharray="2 3" />
                <g
                  {...pressable(
                    `rack ${rack}: ${stopped ? "start" : "stop"} its nodes`,
                    stopped,
                    actions?.rack && (() => actions.rack!(rack)),
                  )}
                >
                  <rect class="ground focus" x="1" y="1" width={width - 2} height={RACK_TITLE - 3} rx="3" />
                  <text class="soft" x="6" y="14">
                    rack {rack}
                  </text>
                </g>
                {nodes.map(({ node, x: left, y }) => (
                  <Node
                    {...{ node, x: left, y, look: looks(node.id) }}
                    state={down.has(node.id) ? "down" : orphans.includes(node.id) ? "orphan" : "up"}
                    cluster={clusters.length > 1 ? clusterOf(node.id) : -1}
                    press={actions?.node && (() => actions.node!(node.id))}
                  />
                ))}
              </g>
            );
          })}
        </g>
      ))}
    </Drawing>
  );
}

/** Units that the drawing of a topology takes. */
export function topologySize({ nodes }: Pick<Topology, "nodes">): { width: number; height: number } {
  return sizeOf(boxesOf(nodes));
}

function sizeOf(boxes: readonly Box[]): { width: number; height: number } {
  const last = boxes[boxes.length - 1];
  // Links of regions that are not neighbours pass beneath.
  const far = boxes.length > 2 ? 30 + 22 * (boxes.length - 2) : 0;
  return { width: last.x + last.width + 2, height: tallest(boxes) + far + 4 };
}

function tallest(boxes: readonly Box[]): number {
  return Math.max(...boxes.map(({ height }) => height));
}

function Node({
  node,
  x,
  y,
  look,
  state,
  cluster,
  press,
}: {
  readonly node: TopologyNode;
  readonly x: number;
  readonly y: number;
  readonly look: ReturnType<ReturnType<typeof looksOf>>;
  readonly state: "up" | "down" | "orphan";
  readonly cluster: number;
  readonly press: (() => void) | undefined;
}): VNode {
  const note =
    state === "up"
      ? [node.quiesced && "quiesced", cluster >= 0 && `cluster ${cluster + 1}`].filter(Boolean).join(", ")
      : state === "down"
        ? "down"
        : "no cluster";
  const label = `node ${node.id}: ${note || "up"}${press ? `; ${state === "down" ? "start" : "stop"} it` : ""}`;
  return (
    <g transform={`translate(${x} ${y})`} {...pressable(label, state === "down", press)}>
      <rect
        class="ground focus"
        width={NODE.width}
        height={NODE.height}
        rx="4"
        stroke={state === "up" ? "var(--line)" : "var(--cut)"}
        stroke-dasharray={state === "orphan" ? "4 3" : undefined}
      />
      <rect x="4" y="5" width="10" height={NODE.height - 10} rx="2" fill={look.fill} />
      {look.overlay ? (
        <rect x="4" y="5" width="10" height={NODE.height - 10} rx="2" fill={look.overlay} />
      ) : null}
      <text x="18" y={note ? 15 : 21} font-size="11">
        {short(node.id)}
      </text>
      {note ? (
        <text class={state === "up" ? "soft" : "cut"} x="18" y="28" font-size="9">
          {note}
        </text>
      ) : null}
      {state === "down" ? (
        <path class="cut" d={`M4 4L${NODE.width - 4} ${NODE.height - 4}`} opacity="0.7" />
      ) : null}
    </g>
  );
}

/** How much of the links between two regions is cut. */
interface LinkState {
  readonly cut: number;
  readonly of: number;
  readonly oneWay: boolean;
  readonly refused: boolean;
}

function linkState(
  nodes: readonly TopologyNode[],
  { cannotHear, refuses }: Pick<Fault, "cannotHear" | "refuses">,
  a: string,
  b: string,
): LinkState {
  const of = (region: string) => nodes.filter((node) => regionOf(node) === region).map(({ id }) => id);
  const [here, there] = [of(a), of(b)];
  const isDown = (id: string) => cannotHear[id]?.includes(id) ?? false;
  const deaf = (x: string, y: string) => !isDown(x) && !isDown(y) && (cannotHear[x]?.includes(y) ?? false);
  let [cut, oneWay] = [0, 0];
  for (const x of here) {
    for (const y of there) {
      if (deaf(x, y) || deaf(y, x)) cut++;
      if (deaf(x, y) !== deaf(y, x)) oneWay++;
    }
  }
  const refused =
    (refuses[a] ?? []).some((id) => there.includes(id)) || (refuses[b] ?? []).some((id) => here.includes(id));
  return { cut, of: here.length * there.length, oneWay: oneWay > 0, refused };
}

function Link({
  a,
  b,
  apart,
  tall,
  state,
  names,
  press,
}: {
  readonly a: Box;
  readonly b: Box;
  /** How many regions apart in the row. */
  readonly apart: number;
  readonly tall: number;
  readonly state: LinkState;
  readonly names: Readonly<Record<string, string>>;
  readonly press: (() => void) | undefined;
}): VNode {
  const [from, to, y] =
    apart === 1
      ? [a.x + a.width, b.x, REGION_TITLE + 30]
      : [a.x + a.width / 2, b.x + b.width / 2, tall + 10 + 22 * (apart - 1)];
  const middle = (from + to) / 2;
  const path =
    apart === 1 ? `M${from} ${y}H${to}` : `M${round(from)} ${a.height + 2}V${y}H${round(to)}V${b.height + 2}`;
  const whole = state.cut === state.of;
  const text = whole
    ? "cut"
    : state.cut > 0
      ? `${state.cut} of ${state.of} cut${state.oneWay ? ", one way" : ""}`
      : state.refused
        ? "new refused"
        : "";
  const label = `link between ${names[a.region] ?? a.region} and ${names[b.region] ?? b.region}: ${text || "open"}`;
  return (
    <g {...pressable(`${label}; ${state.cut > 0 ? "heal" : "cut"} it`, state.cut > 0, press)}>
      <path class="rule" d={path} stroke-width="2" stroke-dasharray={state.cut > 0 ? "5 5" : undefined} />
      <rect
        class="ground focus"
        x={round(middle - 40)}
        y={y - 12}
        width="80"
        height="24"
        rx="4"
        stroke={text ? "var(--cut)" : "var(--line)"}
      />
      {state.cut > 0 ? (
        <path class="cut" d={`M${round(middle - 4)} ${y - 20}l8 8M${round(middle + 4)} ${y - 20}l-8 8`} />
      ) : null}
      <text class={text ? "cut" : "soft"} x={round(middle)} y={y + 4} text-anchor="middle" font-size="10">
        {text || "link"}
      </text>
    </g>
  );
}

/** Pairs of regions, with their distance in the row. */
function pairsOf(boxes: readonly Box[]): (readonly [Box, Box, number])[] {
  return boxes.flatMap((a, i) => boxes.slice(i + 1).map((b, j) => [a, b, j + 1] as const));
}

function boxesOf(nodes: readonly TopologyNode[]): Box[] {
  let x = 2;
  return [...new Set(nodes.map(regionOf))].map((region) => {
    const here = nodes.filter((node) => regionOf(node) === region);
    let left = PAD;
    const racks = [...new Set(here.map(({ rack }) => rack))].map((rack) => {
      const own = here.filter((node) => node.rack === rack);
      const line = perLine(own.length);
      const lines = Math.ceil(own.length / line);
      const placed = {
        rack,
        x: left,
        width: line * (NODE.width + NODE.gap) + NODE.gap,
        height: RACK_TITLE + lines * (NODE.height + NODE.gap),
        nodes: own.map((node, i) => ({
          node,
          x: NODE.gap + (i % line) * (NODE.width + NODE.gap),
          y: RACK_TITLE + Math.floor(i / line) * (NODE.height + NODE.gap),
        })),
      };
      left += placed.width + PAD;
      return placed;
    });
    const box = {
      ...{ region, x, racks, width: Math.max(left, 130) },
      height: REGION_TITLE + PAD + Math.max(...racks.map(({ height }) => height)),
    };
    x += box.width + BETWEEN;
    return box;
  });
}

/** The region of a node; those without one are beside each other. */
export function regionOf({ region }: Pick<TopologyNode, "region">): string {
  return region ?? "local";
}

/** A node id that fits its box. */
function short(id: string): string {
  return id.length <= 8 ? id : `${id.slice(0, 3)}…${id.slice(-4)}`;
}
