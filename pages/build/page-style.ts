/** The style of pages, beside that of the drawings. */
export const PAGE_STYLE = `
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 1200px; padding: 16px; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0.4em 0; }
h2 { font-size: 1.15rem; margin: 2em 0 0.4em; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2em 0 0.4em; }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: inherit; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.verdict { display: inline-block; margin: 0; padding: 2px 12px; border-radius: 4px; font-weight: 700; color: #fff; background: #6b4fa0; }
.verdict.pass { background: #22663d; } .verdict.fail, .verdict.not-healed { background: #a80f1b; } .verdict.differs { background: #8a5a00; }
.met.met::before { content: "✓ "; } .met.missed { color: var(--cut); font-weight: 600; } .met.missed::before { content: "✗ "; }
.met.unproven::before { content: "? "; }
.reasons li { margin: 0.2em 0; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; font-size: 0.85rem; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 2px; vertical-align: -1px; }
.swatch.ok { background: var(--ok); } .swatch.refused { background: var(--refused); } .swatch.not-sent { background: var(--not-sent); }
.swatch.unknown { background: var(--unknown); } .swatch.cluster { background: linear-gradient(90deg, hsl(210 60% 50%) 50%, hsl(347 60% 50%) 50%); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 16px; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: 0.9rem; margin-bottom: 4px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; } dt { color: var(--soft); } dd { margin: 0; }
details { margin: 0.4em 0; } summary { cursor: pointer; }
#timeline { position: relative; overflow-x: auto; } #timeline svg { min-width: 640px; }
#moment { min-height: 1.5em; font-size: 0.9rem; overflow-x: auto; }
p.soft { color: var(--soft); font-size: 0.9rem; }
.bar { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; margin: 8px 0; }
.bar fieldset { border: 1px solid var(--line); border-radius: 4px; display: flex; gap: 12px; padding: 2px 10px 4px; } .bar legend { font-size: 0.8rem; color: var(--soft); }
button, select, input, textarea { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 4px; padding: 4px 10px; min-height: 32px; }
button { cursor: pointer; } button:disabled { color: var(--soft); border-color: var(--line); cursor: default; }
button[aria-pressed=true] { background: var(--ink); color: var(--ground); } button.next { border-width: 2px; font-weight: 600; }
input[type=number] { width: 5.5em; } input[type=radio], input[type=checkbox] { min-height: 0; } textarea { display: block; width: 100%; font: 0.85rem ui-monospace, monospace; }
.designs { display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 900px) { .designs.of-2 { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.log { max-height: 20em; overflow-y: auto; font-size: 0.9rem; } .outcome { font-weight: 600; } caption { text-align: left; color: var(--soft); font-size: 0.85rem; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
@media (max-width: 480px) { body { padding: 10px; } h1 { font-size: 1.15rem; } }
@media print { body { max-width: none; } details > * { display: revert; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;
