import type { VNode } from "preact";
import { render } from "preact-render-to-string";
import {
  type Fault,
  type HealthyCluster,
  partitionCounts,
  PARTITIONS,
  type PartitionMap,
  type Prediction,
} from "../../model";
import { nameOf } from "../../lab/run/sides";
import { namesOfRegions } from "../explorer/presets";
import { Drawing } from "./drawing";
import { orderOf, ownersOf } from "./owners";
import { Partitions } from "./partitions";
import { TopologyDrawing, topologySize } from "./topology";

/** What a drawing of a prediction shows. */
export interface PreviewDrawingProps {
  readonly name: string;
  readonly faultName: string;
  readonly healthy: HealthyCluster;
  readonly fault: Fault;
  readonly prediction: Prediction;
  readonly sides: ReadonlyMap<string, readonly string[]>;
}

const WIDTH = 900;
const PAD = 16;
/** Width and height of the partitions of a cluster. */
const SQUARE = { width: 426, height: 262 };

/** A prediction as a drawing of its own: the topology with the cut, and the partitions beside each cluster. */
export function previewSvg(props: PreviewDrawingProps): string {
  return `${render(<PreviewDrawing {...props} />)}\n`;
}

/** A map of partitions as a drawing of its own. */
export function mapSvg(healthy: HealthyCluster, map: PartitionMap, title: string): string {
  const { topology } = healthy;
  const owners = ownersOf(topology, [map]);
  const order = orderOf(ownersOf(topology, [healthy.map]), owners);
  return `${render(<Partitions alone scope="map" {...{ title, topology, owners, order }} />)}\n`;
}

function PreviewDrawing({ name, faultName, healthy, fault, prediction, sides }: PreviewDrawingProps): VNode {
  const { topology } = healthy;
  const natural = topologySize(topology);
  const scale = Math.min(1, (WIDTH - 2 * PAD) / natural.width);
  const top = { width: natural.width * scale, height: natural.height * scale };
  const before = ownersOf(topology, [healthy.map]);
  const all = ownersOf(topology, prediction.subClusters);
  const lines = Math.ceil(prediction.subClusters.length / 2);
  const names = namesOfRegions(topology, Object.fromEntries(sides));
  return (
    <Drawing
      alone
      title={`${name}, fault ${faultName}`}
      width={WIDTH}
      height={PAD + 30 + top.height + lines * (SQUARE.height + 44) + PAD}
    >
      <text x={PAD} y={PAD + 12} font-size="15" font-weight="600">
        {name}, fault {faultName} (predicted)
      </text>
      <TopologyDrawing
        title="regions, racks, nodes and links"
        topology={topology}
        fault={fault}
        clusters={prediction.subClusters.map(({ members }) => members)}
        orphans={prediction.orphans.map(({ id }) => id)}
        names={names}
        scope="topology"
        at={{ x: PAD, y: PAD + 26, ...top }}
      />
      {prediction.subClusters.map((map, i) => {
        const x = PAD + (i % 2) * (SQUARE.width + PAD);
        const y = PAD + 30 + top.height + Math.floor(i / 2) * (SQUARE.height + 44);
        const side = nameOf(map, sides);
        return (
          <g>
            <text x={x} y={y + 26} font-size="13">
              {side}: {partitionCounts(map).available} of {PARTITIONS} served
            </text>
            <Partitions
              title={`Partitions by owner beside ${side}`}
              topology={topology}
              owners={ownersOf(topology, [map])}
              foretold={before}
              outlined="healthy"
              order={orderOf(before, all)}
              scope={`cluster${i}`}
              at={{ x, y: y + 36, ...SQUARE }}
            />
          </g>
        );
      })}
    </Drawing>
  );
}
