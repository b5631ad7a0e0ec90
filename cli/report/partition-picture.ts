import { isServed, decisionOf, type PartitionMap, partitionsByNode, PARTITIONS } from "../../model";
import { coloursOf, type Colours, type Terminal } from "./terminal";
import { table } from "./table";

const WIDE = 128;
const NARROW = 64;
/** Room for the number of a line's first partition. */
const MARGIN = 5;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const UNSERVED = "·";
const OTHER = "#";

/** The partition map as pictures: one a replica, a letter a partition, and who the letters are. */
export function partitionPicture(map: PartitionMap, terminal: Terminal): string {
  const colours = coloursOf(terminal);
  const width = terminal.columns >= WIDE + MARGIN ? WIDE : NARROW;
  const letters = new Map(map.members.map((id, i) => [id, LETTERS[i] ?? OTHER]));
  const painted = new Map(map.members.map((id, i) => [id, paint(i, colours)(letters.get(id)!)]));
  const pictures = Array.from({ length: map.columns }, (_, replica) => [
    colours.bold(replica === 0 ? "Replica 0 (working master)" : `Replica ${replica}`),
    ...Array.from({ length: PARTITIONS / width }, (__, line) => {
      const cells = Array.from({ length: width }, (___, i) => {
        const partition = line * width + i;
        if (!isServed(decisionOf(map, partition))) return colours.dim(UNSERVED);
        return painted.get(map.nodes[map.replicas[partition * map.columns + replica]].id)!;
      });
      return `${colours.dim(String(line * width).padStart(MARGIN - 1))} ${cells.join("")}`;
    }),
    "",
  ]);
  const lines = partitionsByNode(map);
  const legend = table(
    "Nodes",
    ["", "Node ID", "Primary", "Secondary"],
    map.members.map((id) => [painted.get(id)!, id, lines[id].primary, lines[id].secondary]),
    terminal,
  );
  return [...pictures.flat(), legend, `${UNSERVED} not served`].join("\n");
}

function paint(i: number, c: Colours): (text: string) => string {
  const palette = [c.green, c.cyan, c.yellow, c.magenta, c.blue, c.red, c.white];
  return palette[i % palette.length];
}
