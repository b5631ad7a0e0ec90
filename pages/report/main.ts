import type { Moment } from "./data";

/** Pointing at a moment of the timeline tells what each node said then. */
const timeline = document.getElementById("timeline");
const output = document.getElementById("moment");
const data = document.getElementById("data");

if (timeline && output && data) {
  const { moments, from, left, width } = JSON.parse(data.textContent) as {
    readonly moments: Readonly<Record<string, readonly Moment[]>>;
    /** The moment to show at first, in seconds. */
    readonly from: number;
    /** Where the lanes begin and end, as shares of the drawing's width. */
    readonly left: number;
    readonly width: number;
  };
  const seconds = Number(timeline.dataset.seconds);
  timeline.tabIndex = 0;
  timeline.setAttribute("role", "slider");
  timeline.setAttribute("aria-label", "Moment of the run, in seconds");
  timeline.setAttribute("aria-valuemin", "0");
  timeline.setAttribute("aria-valuemax", seconds.toFixed(1));
  const cursor = document.createElement("div");
  cursor.style.cssText =
    "position:absolute;top:0;bottom:0;width:1px;background:currentColor;pointer-events:none";
  timeline.append(cursor);
  let now = 0;

  const show = (at: number) => {
    now = Math.min(seconds, Math.max(0, at));
    const svg = timeline.querySelector("svg")!.getBoundingClientRect();
    cursor.style.left = `${svg.width * (left + (now / seconds) * width)}px`;
    timeline.setAttribute("aria-valuenow", now.toFixed(1));
    const rows = Object.entries(moments).map(([node, told]) => {
      const last = told.findLast((moment) => moment.at <= now);
      if (!last) return [node, "not asked yet"];
      if (!last.says) return [node, "no answer"];
      const { key, size, unavailable, dead, migrating, records } = last.says;
      return [
        node,
        size === 0 ? "in no cluster" : `cluster ${key} of ${size}`,
        `${4096 - unavailable - dead} served, ${unavailable} unavailable, ${dead} dead`,
        `${migrating} to migrate`,
        `master of ${records} records`,
      ];
    });
    const table = document.createElement("table");
    for (const cells of rows) {
      const line = table.insertRow();
      for (const cell of cells) line.insertCell().textContent = cell;
    }
    const title = document.createElement("strong");
    title.textContent = `At ${now.toFixed(1)} s`;
    output.replaceChildren(title, table);
  };

  timeline.addEventListener("pointermove", (event) => {
    const svg = timeline.querySelector("svg")!.getBoundingClientRect();
    show((((event.clientX - svg.left) / svg.width - left) / width) * seconds);
  });
  timeline.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -seconds / 100, ArrowRight: seconds / 100, Home: -seconds, End: seconds }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    show(now + step);
  });
  show(from);
}
