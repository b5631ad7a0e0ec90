import { partitionCounts, PARTITIONS, type Prediction } from "../../model";
import { nameOf, sidesOf, listed } from "../../lab/run/sides";
import type { Experiment } from "../experiment/experiment";
import {
  type Change,
  type Checked,
  type Group,
  groupName,
  type Link,
  type Ports,
  PORTS,
} from "../check/check";
import { evidence } from "../../lab/foretell/evidence";
import { unsteadyText } from "../../lab/foretell/orphans";
import { membersJson } from "./members";
import { table } from "./table";
import { coloursOf, type Terminal } from "./terminal";

/** Lines of a list that are shown; --json has all. */
const SHOWN = 40;

export interface CheckReport {
  /** The plan's or state's file. */
  readonly file: string;
  readonly checked: Checked;
  /** What differs from before; absent: nothing is known of it. */
  readonly changes?: readonly Change[];
  readonly failUnder: number;
  readonly experiment: Experiment;
  readonly ports?: Ports;
}

/** What a plan or a state does to a cluster, for a terminal. */
export function checkText(report: CheckReport, terminal: Terminal): string {
  const { file, checked, changes, experiment, ports = PORTS } = report;
  const { bold, dim, yellow } = coloursOf(terminal);
  const { groups, links, predictions, warnings } = checked;
  const established = (changes ?? []).filter(({ establishedGoOn }) => establishedGoOn);
  const all = [
    ...warnings,
    ...(established.length > 0
      ? [
          `Only a security group closes ${listed(few(established.map(({ from, to, port }) => `${from} -> ${to} ${port}`)))}: connections that are there go on.`,
        ]
      : []),
  ];
  return [
    bold(`${file} and ${experiment.name}`),
    dim(evidence(predictions[0])),
    "",
    table(
      "Who opens connections to whom",
      ["From \\ to", ...groups.map(groupName)],
      matrix(groups, links, ports),
      terminal,
    ),
    ...members(groups),
    "",
    ...section(bold("What blocks"), limited(blocks(groups, links))),
    ...(changes === undefined ? [] : section(bold("New against before"), limited(changesText(changes)))),
    ...section(
      bold("Warnings"),
      limited(all).map((line) => yellow(line)),
    ),
    bold("Verdict (predicted)"),
    ...verdictText(report).map((line) => `  ${line}`),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ""];
}

function limited(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more: --json has all`];
}

function few(words: readonly string[]): string[] {
  return words.length <= 4 ? [...words] : [...words.slice(0, 3), `${words.length - 3} more`];
}

/** Which nodes are in the groups of several, and where. */
function members(groups: readonly Group[]): string[] {
  return groups
    .filter(({ nodes }) => nodes.length > 1)
    .map(
      (group) =>
        `${groupName(group)}: ${group.nodes.map(({ id }) => id).join(", ")} (${group.host?.subnet.join(" or ") || "a subnet that is not known"})`,
    );
}

function matrix(groups: readonly Group[], links: readonly Link[], ports: Ports): string[][] {
  const cells = new Map<string, Link[]>();
  for (const link of links) {
    const key = `${link.from} ${link.to}`;
    cells.set(key, [...(cells.get(key) ?? []), link]);
  }
  return groups.map((group, from) => [
    groupName(group),
    ...groups.map((_, to) => cell(cells.get(`${from} ${to}`), Object.values(ports).length)),
  ]);
}

function cell(links: readonly Link[] | undefined, count: number): string {
  if (links === undefined) return "";
  const [open, unknown] = (["open", "unknown"] as const).map((is) =>
    links.filter(({ answer }) => answer === is),
  );
  if (open.length === count) return "open";
  if (unknown.length === count) return "unknown";
  if (open.length + unknown.length === 0) return "closed";
  return [...open.map(({ port }) => port), ...unknown.map(({ port }) => `${port}?`)].sort().join(" ");
}

/** Each blocked pair with the rule that decides, ports that the same rules block together. */
function blocks(groups: readonly Group[], links: readonly Link[]): string[] {
  const lines = new Map<string, number[]>();
  for (const { from, to, port, answer, blockedBy } of links) {
    if (answer === "open") continue;
    const [first, ...more] = blockedBy.filter((step) => step.answer === answer);
    const others = more.length > 0 ? ` (and ${more.length} more)` : "";
    const why = first ? `${first.kind}: ${first.by}${others}` : "not known yet";
    const key = `${groupName(groups[from])} -> ${groupName(groups[to])}|${answer}, ${why}`;
    lines.set(key, [...(lines.get(key) ?? []), port]);
  }
  return [...lines].map(([key, ports]) => {
    const [pair, why] = key.split("|");
    return `${pair}  ${ports.join(" ")}  ${why}`;
  });
}

function changesText(changes: readonly Change[]): string[] {
  const lines = new Map<string, number[]>();
  for (const { from, to, port, before, after } of changes) {
    const key = `${from} -> ${to}|${before} before, ${after} now`;
    lines.set(key, [...(lines.get(key) ?? []), port]);
  }
  if (lines.size === 0) return ["nothing"];
  return [...lines].map(([key, ports]) => `${key.split("|")[0]}  ${ports.join(" ")}  ${key.split("|")[1]}`);
}

/** What becomes of the cluster, in sentences. */
export function verdictText({ checked, failUnder, experiment }: CheckReport): string[] {
  const { predictions, served, verdict, reasons } = checked;
  const texts = [...new Set(predictions.map((each) => predictionText(each, experiment)))];
  const best = Math.max(...served);
  const told =
    verdict === "pass"
      ? `A cluster serves ${best} of ${PARTITIONS}: at least the ${failUnder} % of --fail-under.`
      : verdict === "fail"
        ? reasons.length > 0
          ? "It fails."
          : `No cluster serves ${failUnder} % of the partitions (--fail-under): ${best} of ${PARTITIONS} at most.`
        : "What is not known yet may change the answer: --json tells what it is.";
  const cases =
    texts.length === 1
      ? texts
      : [...texts.slice(0, 4), ...(texts.length > 4 ? [`${texts.length - 4} more`] : [])].map(
          (text, i) => `${i === 0 ? "If all that is not known is open" : "Or"}: ${text}`,
        );
  return [...cases, ...reasons, told];
}

function predictionText(prediction: Prediction, { topology, sideOf }: Experiment): string {
  const { subClusters, orphans, down } = prediction;
  const sides = sidesOf(topology, sideOf);
  const name = (members: readonly string[]) => nameOf({ members }, sides);
  const parts = [
    ...subClusters.map(
      (map) => `${name(map.members)}: ${partitionCounts(map).available} of ${PARTITIONS} served`,
    ),
    ...(orphans.length > 0 ? [`${name(orphans.map(({ id }) => id))}: in no cluster (orphans)`] : []),
    ...(down.length > 0 ? [`${name(down)}: down`] : []),
    ...unsteadyText(prediction),
  ];
  const ends = [
    ...subClusters.map(({ members }) => name(members)),
    ...(orphans.length > 0 ? [name(orphans.map(({ id }) => id))] : []),
  ];
  const parted = ends.length > 1 ? `It parts ${ends[0]} from ${listed(ends.slice(1))}. ` : "";
  return `${parted}${parts.join("; ")}`;
}

/** The same as plain data. */
export function checkJson({ file, checked, changes, failUnder }: CheckReport): object {
  const { groups, links, predictions, served, verdict, reasons, warnings } = checked;
  return {
    file,
    groups: groups.map(({ nodes, host }) => ({
      nodes: nodes.map(({ id }) => id),
      ...(host && {
        host: host.id,
        subnet: host.subnet,
        securityGroups: host.groups ?? "the VPC's default one",
      }),
    })),
    links: links.map(({ blockedBy, ...link }) => ({
      ...link,
      blockedBy: blockedBy.map(({ kind, answer, by }) => ({ step: kind, answer, by })),
    })),
    ...(changes && { changes }),
    predictions: predictions.map((prediction) => ({
      subClusters: prediction.subClusters.map((map) => ({
        nodes: map.members,
        partitions: partitionCounts(map),
      })),
      ...membersJson(prediction),
      predictedBecause: prediction.predictedBecause,
    })),
    served,
    failUnder,
    verdict,
    reasons,
    warnings,
  };
}
