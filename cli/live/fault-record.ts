import { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { recordPath } from "../../modules/faults/fault-record";

/** TCP ports, both inclusive. */
export interface Ports {
  readonly from: number;
  readonly to: number;
}

/** An entry that a fault makes in a network ACL. */
export interface DenyLine {
  readonly kind: "deny";
  readonly acl: string;
  readonly number: number;
  readonly egress: boolean;
  readonly cidr: string;
  /** Undefined = every protocol. */
  readonly ports: Ports | undefined;
  readonly fault: string;
}

/** What a stack's faults may do in a region, line by line (FaultRecord). */
export type RecordLine =
  | DenyLine
  | { readonly kind: "host"; readonly instance: string; readonly fault: string }
  | { readonly kind: "schedules"; readonly group: string }
  | {
      readonly kind: "route";
      readonly table: string;
      readonly cidr: string;
      readonly peering: string;
      readonly fault: string;
    }
  | {
      readonly kind: "ingress";
      readonly group: string;
      readonly ports: Ports;
      readonly cidr: string;
      readonly fault: string;
    };

/** The records of one deployment of a stack in one region. */
export interface RegionRecord {
  readonly region: string;
  readonly deployment: string;
  readonly lines: readonly RecordLine[];
}

/** The records of all deployments of a stack in a region. */
export async function recordsIn(region: string, stack: string): Promise<RegionRecord[]> {
  const client = new SSMClient({ region });
  const path = `${recordPath(stack)}/`;
  const lines = new Map<string, RecordLine[]>();
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client },
    { Path: path, Recursive: true },
  )) {
    for (const { Name = "", Value = "" } of Parameters) {
      const [deployment] = Name.slice(path.length).split("/");
      lines.set(deployment, [...(lines.get(deployment) ?? []), ...linesOf(Value)]);
    }
  }
  return [...lines].map(([deployment, lines]) => ({ region, deployment, lines }));
}

/** The lines of a parameter. In HCL a text of several lines ends with one that is empty. */
export function linesOf(value: string): RecordLine[] {
  return value.split("\n").flatMap((line) => (line === "" ? [] : [lineOf(line)]));
}

/** @throws Error for a line that no version of ours wrote */
export function lineOf(text: string): RecordLine {
  const [kind, ...words] = text.split(" ");
  switch (`${kind} ${words.length}`) {
    case "deny 6": {
      const [acl, number, way, cidr, ports, fault] = words;
      return {
        kind: "deny",
        acl,
        number: Number(number),
        egress: way === "out",
        cidr,
        ports: ports === "all" ? undefined : portsOf(ports),
        fault,
      };
    }
    case "host 2":
      return { kind: "host", instance: words[0], fault: words[1] };
    case "schedules 1":
      return { kind: "schedules", group: words[0] };
    case "route 4":
      return { kind: "route", table: words[0], cidr: words[1], peering: words[2], fault: words[3] };
    case "ingress 4":
      return {
        kind: "ingress",
        group: words[0],
        ports: portsOf(words[1]),
        cidr: words[2],
        fault: words[3],
      };
    default:
      throw new Error(
        `The record of the faults has a line that this version does not know: "${text}". Use the version of the deployed stack.`,
      );
  }
}

function portsOf(text: string): Ports {
  const [from, to] = text.split("-").map(Number);
  return { from, to };
}
