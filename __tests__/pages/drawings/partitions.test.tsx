import { render } from "preact-render-to-string";
import { halves, healthyCluster, predict } from "../../../model";
import { type Owners, orderOf, ownersOf, ownersSeen } from "../../../pages/drawings/owners";
import { Partitions } from "../../../pages/drawings/partitions";
import { EVEN } from "../support/designs";

const [london, paris] = [32, 33].map((rack) =>
  EVEN.nodes.filter((node) => node.rack === rack).map(({ id }) => id),
);
const healthy = healthyCluster(EVEN);
const all = ownersOf(EVEN, [healthy.map]);

/** Cells that the path covers: each is 6 by 6. */
function cells(path: string): number {
  return [...path.matchAll(/h(\d+)v6/g)].reduce((sum, [, width]) => sum + Number(width) / 6, 0);
}

function drawn(owners: Owners, foretold?: Owners): string {
  return render(
    <Partitions
      title="t"
      topology={EVEN}
      owners={owners}
      order={orderOf(all, owners)}
      scope="s"
      {...(foretold && { foretold })}
    />,
  );
}

describe("the drawing of the partitions", () => {
  test("has one path a class, which covers as many cells as the class has partitions", () => {
    const fills = [...drawn(all).matchAll(/<path d="([^"]+)" fill="hsl[^"]+"/g)];
    expect(fills.map(([, path]) => cells(path))).toEqual([682, 683, 683, 682, 683, 683]);
  });

  test("shows what a side of a split does not serve as one class more, and the outline of what was foretold", () => {
    const { subClusters } = predict(healthy, halves(london, paris));
    const side = ownersOf(EVEN, [subClusters[0]]);
    const svg = drawn(side, all);
    expect(cells(/<path class="unavailable" d="([^"]+)"/.exec(svg)![1])).toBe(2048);
    expect(svg).toContain('class="foretold"');
    expect(svg).toContain("A1B33 0 (foretold 682)");
  });

  test("of the nodes' own bitmaps is the same as that of the map", () => {
    const bitmap = (id: string) => {
      const bytes = Buffer.alloc(512);
      all.of.forEach((owner, partition) => {
        if (all.classes[owner] === id) bytes[partition >> 3] |= 0x80 >> (partition & 7);
      });
      return bytes.toString("base64");
    };
    const seen = Object.fromEntries([...london, ...paris].map((id) => [id, bitmap(id)]));
    expect(ownersSeen(EVEN, seen).of).toEqual(all.of);
    expect(drawn(ownersSeen(EVEN, { A1B32: bitmap("A1B32"), A2B32: bitmap("A1B32") }))).toContain(
      "several 682",
    );
  });

  test("has names as text, whatever they are", () => {
    const hostile = { nodes: [{ id: "</svg><script>", rack: 1, region: "<b>" }] };
    const owners = {
      classes: ["</svg><script>", "unavailable", "dead", "several"],
      of: new Uint16Array(4096),
    };
    expect(
      render(<Partitions title={'"><script>'} topology={hostile} owners={owners} scope="s" />),
    ).not.toContain("<script");
  });
});
