/** Where a partition stands: at an owner, at several at once (availability mode), or nowhere. */
export type Unserved = "unavailable" | "dead" | "several";

/** Hues of regions, degrees: told apart by people with colour-blindness (after Okabe and Ito's palette). */
const HUES = [205, 36, 164, 327, 56, 265] as const;

/** Patterns of a region's nodes, in turn, over the colour: for print, and where colours are not told apart. */
export const PATTERNS = ["plain", "rising", "falling", "level", "upright", "dots"] as const;

/** Colour of the `ordinal`th of `count` nodes of the `region`th region; holds on light and on dark ground. */
export function ownerColour(region: number, ordinal: number, count: number): string {
  const hue = HUES[region % HUES.length];
  const lightness = count < 2 ? 50 : 38 + (26 * ordinal) / (count - 1);
  return `hsl(${hue} 70% ${lightness.toFixed(0)}%)`;
}

/** Colour of the `index`th cluster or cluster key of a drawing. */
export function clusterColour(index: number): string {
  return `hsl(${(210 + index * 137.5) % 360} 60% 50%)`;
}

/** Outcomes of operations, in the order in which they are stacked. */
export const OUTCOMES = ["ok", "refused", "not sent", "unknown"] as const;

/** One of {@link OUTCOMES}. */
export type OutcomeName = (typeof OUTCOMES)[number];

/** What every drawing needs: in the page's head, or inside the drawing where it stands alone. */
export const STYLE = `
:root, svg.drawing { --ground: #ffffff; --ink: #1b1f24; --soft: #59636e; --line: #c8ced5; --cut: #c1121f; --window: #fdeccf;
  --ok: #2b7a4b; --refused: #d55e00; --not-sent: #7a5fa8; --unknown: #4d4d4d; --unavailable: #e4e7eb; --dead: #2f2f33; }
@media (prefers-color-scheme: dark) { :root, svg.drawing { --ground: #15181c; --ink: #e8eaed; --soft: #a3acb7; --line: #444c56;
  --cut: #ff7b72; --window: #3b3016; --ok: #57ab72; --refused: #f08b43; --not-sent: #b39ddb; --unknown: #a9a9a9;
  --unavailable: #363c44; --dead: #0b0c0e; } }
@media print { :root, svg.drawing { --ground: #ffffff; --ink: #000000; --soft: #444444; --line: #999999; --cut: #a00000;
  --window: #eeeeee; --ok: #2b7a4b; --refused: #d55e00; --not-sent: #7a5fa8; --unknown: #4d4d4d; --unavailable: #e4e7eb; --dead: #2f2f33; } }
svg.drawing { display: block; width: 100%; height: auto; font: 12px/1.3 system-ui, sans-serif; color: var(--ink); }
svg.drawing text { fill: var(--ink); }
svg.drawing text.soft { fill: var(--soft); }
svg.drawing .frame { fill: none; stroke: var(--line); }
svg.drawing .rule { stroke: var(--line); stroke-width: 1; fill: none; }
svg.drawing .ground { fill: var(--ground); }
svg.drawing .cut { stroke: var(--cut); fill: none; stroke-width: 2.5; }
svg.drawing text.cut { fill: var(--cut); stroke: none; font-weight: 600; }
svg.drawing .foretold { fill: none; stroke: var(--ink); stroke-width: 1; }
svg.drawing .window { fill: var(--window); }
svg.drawing .ok { fill: var(--ok); } svg.drawing .refused { fill: var(--refused); }
svg.drawing .not-sent { fill: var(--not-sent); } svg.drawing .unknown { fill: var(--unknown); }
svg.drawing .unavailable { fill: var(--unavailable); } svg.drawing .dead { fill: var(--dead); }
svg.drawing .several { fill: var(--cut); }
svg.drawing .ink { stroke: var(--ground); fill: none; }
svg.drawing .mark { fill: var(--ground); }
svg.drawing [role=button] { cursor: pointer; }
svg.drawing [role=button]:focus { outline: none; }
svg.drawing [role=button]:focus-visible .focus { stroke: var(--ink); stroke-width: 3; }
`;
