// PLACEHOLDER
import type { Namespace } from "../model/topology";
export interface AerospikeSettings {
  readonly version?: string;
}
export interface NodeIdentity {
  readonly clusterName: string;
  readonly nodeId: string;
  readonly rackId: number;
  readonly privateIp: string;
  readonly region: string;
  readonly seeds: readonly string[];
  readonly namespace: Namespace;
  readonly plannedNodes: readonly string[];
  readonly dataDevice: string;
  readonly dataVolumeSize: number;
}
export interface HostFiles {
  readonly files: readonly { path: string; mode: string; content: string }[];
  readonly userData: string;
  readonly userDataBase64?: string;
}
export function nodeHostFiles(_i: NodeIdentity, _s: AerospikeSettings): HostFiles {
  return { files: [], userData: "#cloud-config\n" };
}
export function clientHostFiles(_p: {
  packageSpec?: string;
  region: string;
  resultsBucket: string;
  resultsPrefix: string;
}): HostFiles {
  return { files: [], userData: "#cloud-config\n" };
}
export function hostPolicy(_s: AerospikeSettings): { Effect: "Allow"; Action: string[]; Resource: string }[] {
  return [{ Effect: "Allow", Action: ["ssm:UpdateInstanceInformation"], Resource: "*" }];
}
export function ssmAgentStatements(): { Effect: "Allow"; Action: string[]; Resource: string }[] {
  return hostPolicy({});
}
