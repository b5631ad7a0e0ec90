import type { VNode } from "preact";
import { PARTITIONS, type Topology } from "../../model";
import { Drawing, type Place, round } from "./drawing";
import { countsOf, type Owners } from "./owners";
import { patternOf, Patterns } from "./patterns";
import { ownerColour } from "./style";

/** Cells of a line. */
const COLUMNS = 64;
const CELL = 6;
const LINE = 24;
/** Lines of the legend beside the cells; more go beneath. */
const LEGEND_WIDTH = 240;

/** The 4096 partitions by who serves them. */
export interface PartitionsProps {
  readonly title: string;
  readonly topology: Pick<Topology, "nodes">;
  /** Filled. */
  readonly owners: Owners;
  /** Drawn as an outline over what is filled. @default none */
  readonly foretold?: Owners;
  /** What the outline is. @default "foretold" */
  readonly outlined?: "foretold" | "healthy";
  /** Partitions in the order of the cells. @default by number */
  readonly order?: readonly number[];
  /** Distinguishes several drawings of a page. */
  readonly scope: string;
  readonly alone?: boolean;
  readonly at?: Place;
}

/** The partitions as a square of cells, one path a class; what was foretold as an outline. */
export function Partitions({
  title,
  topology,
  owners,
  foretold,
  outlined = "foretold",
  order = Array.from({ length: PARTITIONS }, (_, partition) => partition),
  scope,
  alone,
  at,
}: PartitionsProps): VNode {
  const side = COLUMNS * CELL;
  const counts = countsOf(owners);
  const expected = foretold && countsOf(foretold);
  const looks = looksOf(topology, scope);
  const paths = cellPaths(owners, order);
  const shown = owners.classes.filter((name) => counts[name] || expected?.[name]);
  const perColumn = Math.floor(side / LINE) - 1;
  const columns = Math.ceil(shown.length / perColumn);
  const width = side + 12 + columns * LEGEND_WIDTH;
  return (
    <Drawing title={title} width={width} height={side + 2} alone={alone} at={at}>
      <Patterns scope={scope} />
      <g transform="translate(1 1)">
        {shown.map((name) => {
          const index = owners.classes.indexOf(name);
          const path = paths[index];
          const { fill, overlay, kind } = looks(name);
          if (path === "") return null;
          return (
            <g>
              <path class={kind} d={path} fill={fill} />
              {overlay ? <path d={path} fill={overlay} /> : null}
            </g>
          );
        })}
        {foretold ? <path class="foretold" d={outline((at) => foretold.of[order[at]])} /> : null}
      </g>
      <g transform={`translate(${side + 12} 0)`}>
        {shown.map((name, i) => {
          const { fill, overlay, kind } = looks(name);
          const [x, y] = [Math.floor(i / perColumn) * LEGEND_WIDTH, (i % perColumn) * LINE];
          const count = counts[name] ?? 0;
          const was = expected?.[name] ?? 0;
          return (
            <g transform={`translate(${x} ${y + 2})`}>
              <rect class={kind} width="20" height="16" fill={fill} />
              {overlay ? <rect width="20" height="16" fill={overlay} /> : null}
              <text x="26" y="14" font-size="16">
                {name} {count}
                {was > 0 && was !== count ? ` (${outlined} ${was})` : ""}
              </text>
            </g>
          );
        })}
      </g>
    </Drawing>
  );
}

/** How a class looks. */
export interface Look {
  readonly fill?: string;
  readonly overlay?: string;
  /** A class of the style, for what nobody serves. */
  readonly kind?: string;
}

/** How the classes of a topology look: hue by region, shade and pattern by node. */
export function looksOf({ nodes }: Pick<Topology, "nodes">, scope: string): (name: string) => Look {
  const regions = [...new Set(nodes.map(({ region }) => region))];
  const looks = new Map<string, Look>([
    ["unavailable", { kind: "unavailable", overlay: `url(#${scope}-hatch)` }],
    ["dead", { kind: "dead", overlay: `url(#${scope}-cross)` }],
    ["several", { kind: "several", overlay: `url(#${scope}-rising)` }],
  ]);
  for (const [r, region] of regions.entries()) {
    const here = nodes.filter((node) => node.region === region);
    for (const [i, { id }] of here.entries()) {
      const overlay = patternOf(scope, i);
      looks.set(id, { fill: ownerColour(r, i, here.length), ...(overlay && { overlay }) });
    }
  }
  return (name) => looks.get(name) ?? {};
}

/** One path a class of all its cells, a rectangle a run in a line. */
function cellPaths({ classes, of }: Owners, order: readonly number[]): string[] {
  const parts: string[][] = classes.map(() => []);
  for (let row = 0; row < PARTITIONS / COLUMNS; row++) {
    for (let column = 0; column < COLUMNS;) {
      const from = column;
      const owner = of[order[row * COLUMNS + from]];
      while (column < COLUMNS && of[order[row * COLUMNS + column]] === owner) column++;
      parts[owner].push(
        `M${from * CELL} ${row * CELL}h${(column - from) * CELL}v${CELL}h${(from - column) * CELL}z`,
      );
    }
  }
  return parts.map((runs) => runs.join(""));
}

/** Borders between cells of different classes, and around all. */
function outline(classAt: (at: number) => number): string {
  const rows = PARTITIONS / COLUMNS;
  const parts = [`M0 0h${COLUMNS * CELL}v${rows * CELL}h${-COLUMNS * CELL}z`];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const own = classAt(row * COLUMNS + column);
      const [x, y] = [round(column * CELL), round(row * CELL)];
      if (column > 0 && classAt(row * COLUMNS + column - 1) !== own) parts.push(`M${x} ${y}v${CELL}`);
      if (row > 0 && classAt((row - 1) * COLUMNS + column) !== own) parts.push(`M${x} ${y}h${CELL}`);
    }
  }
  return parts.join("");
}
