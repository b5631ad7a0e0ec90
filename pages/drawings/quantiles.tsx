import type { VNode } from "preact";
import { scaleLog } from "./d3";
import { Drawing, round } from "./drawing";

/** Latencies of one kind of operation at a place in a phase, in milliseconds. */
export interface QuantileRow {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** What the network was foretold to add, in milliseconds. @default not known */
  readonly foretold?: number;
}

/** Latencies on a logarithmic scale. */
export interface QuantilesProps {
  readonly title: string;
  readonly rows: readonly QuantileRow[];
  readonly alone?: boolean;
}

const LEFT = 230;
const WIDTH = 900;
const LINE = 22;
const TOP = 8;

/** A line a row: from the median over the 95th to the 99th percentile; what was foretold as an outline. */
export function Quantiles({ title, rows, alone }: QuantilesProps): VNode {
  const values = rows.flatMap(({ p50, p99, foretold }) => [p50, p99, foretold ?? p50]).filter((v) => v > 0);
  const x = scaleLog([Math.min(0.1, ...values), Math.max(10, ...values)], [0, WIDTH - LEFT - 130]).clamp(
    true,
  );
  const ticks = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000].filter(
    (tick) => tick >= x.domain()[0] && tick <= x.domain()[1],
  );
  const bottom = TOP + rows.length * LINE;
  return (
    <Drawing title={title} width={WIDTH} height={bottom + 24} alone={alone}>
      <g transform={`translate(${LEFT} 0)`}>
        {ticks.map((tick) => (
          <g transform={`translate(${round(x(tick))} 0)`}>
            <path class="rule" d={`M0 ${TOP}V${bottom}`} stroke-dasharray="1 3" />
            <text class="soft" y={bottom + 16} text-anchor="middle" font-size="10">
              {tick} ms
            </text>
          </g>
        ))}
        {rows.map(({ name, p50, p95, p99, foretold }, i) => {
          const y = TOP + i * LINE + LINE / 2;
          return (
            <g>
              <text x="-10" y={y + 4} text-anchor="end">
                {name}
              </text>
              <path d={`M${round(x(p50))} ${y}H${round(x(p99))}`} stroke="var(--soft)" stroke-width="2" />
              <circle class="ok" cx={round(x(p50))} cy={y} r="5" />
              <rect class="refused" x={round(x(p95) - 3)} y={y - 5} width="6" height="10" />
              <path d={`M${round(x(p99))} ${y - 6}l6 6l-6 6z`} class="unknown" />
              {foretold === undefined ? null : (
                <rect class="foretold" x={round(x(foretold) - 5)} y={y - 8} width="10" height="16" />
              )}
              <text class="soft" x={round(x(p99)) + 10} y={y + 4} font-size="10">
                {p50.toFixed(1)} / {p95.toFixed(1)} / {p99.toFixed(1)}
              </text>
            </g>
          );
        })}
      </g>
    </Drawing>
  );
}
