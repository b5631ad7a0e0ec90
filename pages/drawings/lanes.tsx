import type { VNode } from "preact";
import { scaleLinear } from "./d3";
import { Drawing, round } from "./drawing";
import { clusterColour, OUTCOMES, type OutcomeName } from "./style";

/** A time in which something held. */
export interface Span {
  /** Seconds since the run began. */
  readonly from: number;
  readonly to: number;
}

/** Operations of a place, counted in parts of the time that are all of one length. */
export interface LoadLane {
  readonly name: string;
  /** By outcome, a count a part. */
  readonly counts: Readonly<Record<OutcomeName, readonly number[]>>;
}

/** What a node said, over time: its cluster's key, null where it was in none. What it did not answer is left out. */
export interface NodeLane {
  readonly name: string;
  readonly spans: readonly (Span & { readonly key: string | null })[];
}

/** A moment with a name. */
export interface Mark {
  readonly at: number;
  readonly name: string;
}

/** Lanes over one time. */
export interface LanesProps {
  readonly title: string;
  /** Seconds that the lanes show, from 0. */
  readonly seconds: number;
  readonly loads: readonly LoadLane[];
  readonly nodes: readonly NodeLane[];
  /** Shaded, with its name. @default none */
  readonly fault?: Span & { readonly name: string };
  readonly marks: readonly Mark[];
  readonly alone?: boolean;
}

/** Room left of the lanes for their names, above for the marks, and beneath for the axis. */
export const LANES = { left: 110, width: 900, top: 64, load: 34, node: 14, gap: 6 } as const;

/** Lanes over time: what clients met at each place, and the cluster that each node was in. */
export function Lanes({ title, seconds, loads, nodes, fault, marks, alone }: LanesProps): VNode {
  const x = scaleLinear([0, Math.max(seconds, 0.001)], [0, LANES.width - LANES.left - 10]);
  const loadsHeight = loads.length * (LANES.load + LANES.gap);
  const height = LANES.top + loadsHeight + nodes.length * (LANES.node + 3) + 34;
  const keys = [...new Set(nodes.flatMap(({ spans }) => spans.map(({ key }) => key)))].filter(
    (key) => key !== null,
  );
  const bottom = height - 30;
  const placed = placeMarks(marks, x);
  return (
    <Drawing title={title} width={LANES.width} height={height} alone={alone}>
      <g transform={`translate(${LANES.left} 0)`}>
        {fault ? (
          <g>
            <rect
              class="window"
              x={round(x(fault.from))}
              y={LANES.top - 14}
              width={round(Math.max(1, x(fault.to) - x(fault.from)))}
              height={bottom - LANES.top + 14}
            />
            <text x={round(x(fault.from)) + 3} y={LANES.top - 3} font-size="10" font-weight="600">
              {fault.name}
            </text>
          </g>
        ) : null}
        {placed.map(({ at, name, row }) => (
          <g>
            <path class="rule" d={`M${round(x(at))} ${row * 12 + 4}V${bottom}`} stroke-dasharray="1 3" />
            <text class="soft" x={round(x(at)) + 2} y={row * 12 + 11} font-size="9">
              {name}
            </text>
          </g>
        ))}
        {loads.map(({ name, counts }, i) => (
          <g transform={`translate(0 ${LANES.top + i * (LANES.load + LANES.gap)})`}>
            <text x="-8" y={LANES.load / 2 + 4} text-anchor="end">
              {name}
            </text>
            {OUTCOMES.map((outcome) => (
              <path class={outcome.replace(" ", "-")} d={bars(counts, outcome, x, seconds)} />
            ))}
            <path class="rule" d={`M0 ${LANES.load}H${x.range()[1]}`} />
          </g>
        ))}
        {nodes.map(({ name, spans }, i) => (
          <g transform={`translate(0 ${LANES.top + loadsHeight + i * (LANES.node + 3)})`}>
            <text x="-8" y={LANES.node - 3} text-anchor="end" font-size="10">
              {name}
            </text>
            {spans.map(({ from, to, key }) => (
              <rect
                class={key === null ? "unavailable" : undefined}
                x={round(x(from))}
                width={round(Math.max(0.6, x(to) - x(from)))}
                height={LANES.node}
                fill={key === null ? undefined : clusterColour(keys.indexOf(key))}
              />
            ))}
          </g>
        ))}
        <g transform={`translate(0 ${bottom})`}>
          {x.ticks(10).map((tick) => (
            <g transform={`translate(${round(x(tick))} 0)`}>
              <path class="rule" d="M0 0v4" />
              <text class="soft" y="15" text-anchor="middle" font-size="10">
                {tick} s
              </text>
            </g>
          ))}
        </g>
      </g>
    </Drawing>
  );
}

/** What the colours of the outcomes mean. */
export function OutcomeLegend(): VNode {
  return (
    <ul class="legend">
      {OUTCOMES.map((outcome) => (
        <li>
          <span class={`swatch ${outcome.replace(" ", "-")}`} /> {outcome}
        </li>
      ))}
      <li>
        <span class="swatch cluster" /> a node's colour is its cluster's key; a gap: it did not answer
      </li>
    </ul>
  );
}

/** Bars of one outcome, on those of the outcomes before it; one path. */
function bars(
  counts: LoadLane["counts"],
  outcome: OutcomeName,
  x: (seconds: number) => number,
  seconds: number,
): string {
  const parts = counts.ok.length;
  const totals = counts.ok.map((_, i) => OUTCOMES.reduce((sum, one) => sum + counts[one][i], 0));
  const y = scaleLinear([0, Math.max(1, ...totals)], [0, LANES.load]);
  const below = OUTCOMES.slice(0, OUTCOMES.indexOf(outcome));
  const width = round(x(seconds / parts));
  return counts[outcome]
    .map((count, i) => {
      if (count === 0) return "";
      const base = y(below.reduce((sum, one) => sum + counts[one][i], 0));
      // What is rare must be seen too.
      const height = Math.max(1, y(count));
      return `M${round(x((i * seconds) / parts))} ${round(LANES.load - base)}v${-round(height)}h${width}v${round(height)}z`;
    })
    .join("");
}

/** Names of marks, in rows, so that they do not lie over each other. */
function placeMarks(
  marks: readonly Mark[],
  x: (seconds: number) => number,
): (Mark & { readonly row: number })[] {
  const ends = [-Infinity, -Infinity, -Infinity, -Infinity];
  return marks.map((mark) => {
    const from = x(mark.at);
    const row = Math.max(
      0,
      ends.findIndex((end) => end <= from),
    );
    ends[row] = from + 12 + mark.name.length * 4.8;
    return { ...mark, row };
  });
}
