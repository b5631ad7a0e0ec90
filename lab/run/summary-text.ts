import { CODES } from "./codes";
import { changesIn, liveTexts } from "./live";
import { clustersText, type Observation, observedRows } from "./observation";
import type { Summary } from "./summary";

/** A run as Markdown: what `summary.md` holds. */
export function summaryText(summary: Summary): string {
  const { verdict, exitCode, sentence, reasons, objectives, check } = summary;
  const parts = [
    `# ${summary.experiment}: ${verdict} (exit code ${exitCode})`,
    sentence,
    ...(reasons.length > 0 ? [reasons.map((reason) => `- ${reason}`).join("\n")] : []),
    ...liveOf(summary),
    "## Objectives",
    tableOf(
      ["objective", "kind", "target", "observed", ""],
      objectives.map(({ name, kind, target, observed, met }) => [name, kind, target, observed, met]),
    ),
    "## Predicted and observed",
    tableOf(
      ["step", "side", "predicted", "observed"],
      summary.steps.flatMap(({ observation }) =>
        (observation ? observedRows(observation) : []).map(({ label, side, foretold, observed }) =>
          [label, side, foretold, observed].map(String),
        ),
      ),
    ),
    summary.differences.length > 0
      ? summary.differences.map((text) => `- ${text}`).join("\n")
      : "Nothing differs.",
    "## What clients met",
    tableOf(
      [
        "place",
        "phase",
        "kind",
        "ok",
        "not sent",
        "refused",
        "unknown",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "codes",
      ],
      summary.places.map(({ place, phase, kind, counts, latency, breaker }) => [
        ...[place, phase, kind, counts.ok, counts.notSent, counts.refused, counts.unknown].map(String),
        ...(["p50", "p95", "p99"] as const).map((name) => latency?.[name].toFixed(1) ?? ""),
        `${Object.entries(counts.codes)
          .map(([code, count]) => `${code}: ${count}`)
          .join(", ")}${breaker ? " (the client's circuit breaker: no figure of availability)" : ""}`,
      ]),
    ),
    codesOf(summary),
    "## Recovery, seconds",
    tableOf(
      ["region", "kind", "first failure", "detected", "re-formed", "serving", "migrated", "full after heal"],
      Object.entries(summary.recovery).flatMap(([region, kinds]) =>
        (["write", "read"] as const).map((kind) => [
          ...[region, kind],
          ...(["firstFailure", "detected", "reformed", "serving", "migrated", "full"] as const).map(
            (name) => {
              const ms = kinds[kind][name];
              return ms === null ? "-" : (ms / 1000).toFixed(1);
            },
          ),
        ]),
      ),
    ),
    "## Records",
    `${Object.entries(check.keys)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ")} (keys). In doubt: ${check.inDoubt.applied} applied, ${check.inDoubt.notApplied} not.`,
    ...check.findings.map(({ key, class: name, why }) => `- \`${key}\` ${name}: ${why}`),
    "## Accounting",
    ...summary.steps.flatMap(({ observation }) => (observation ? [accountOf(observation)] : [])),
    "## Environment",
    [
      `- ${summary.driver}, stretch ${summary.version}, Node ${summary.node}`,
      `- began ${summary.startedAt}, took ${summary.seconds.toFixed(1)} s, seed ${summary.seed}, topology ${summary.topologyHash}`,
      `- again: \`${summary.command}\``,
    ].join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function liveOf(summary: Summary): string[] {
  if (!summary.live) return [];
  return [
    "## On the deployed stack",
    liveTexts(summary.live).join("\n"),
    tableOf(["step", "first change", "last change", "predicted after the last"], changesIn(summary)),
  ];
}

function accountOf(observation: Observation): string {
  const { label, nodes } = observation;
  const rows = nodes.map(({ id, rack, master, prole, nonReplica }) =>
    [id, rack, master, prole, nonReplica].map(String),
  );
  const sum = (of: "master" | "prole" | "nonReplica") =>
    String(nodes.reduce((total, node) => total + node[of], 0));
  return [
    `**${label}** (${clustersText(observation)})`,
    "",
    tableOf(
      ["node", "rack", "master", "prole", "non-replica"],
      [...rows, ["", "", sum("master"), sum("prole"), sum("nonReplica")]],
    ),
  ].join("\n");
}

function codesOf({ places }: Summary): string {
  const seen = [...new Set(places.flatMap(({ counts }) => Object.keys(counts.codes)))].filter(
    (code) => code !== "0",
  );
  return seen.map((code) => `- ${code}: ${CODES[code] ?? "see Aerospike.status"}`).join("\n");
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
