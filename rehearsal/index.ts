export type { Fault, StopKind } from "../model";
export type { ClusterOptions } from "./cluster/cluster";
export type { LogEvent } from "./cluster/event-log";
export { RefusedError } from "./errors";
export type { HostOptions, NodeAddresses } from "./process/protocol";
export { Rehearsal, type RehearsalOptions } from "./process/rehearsal";
export type { ClusterStatus, NodeStatus, SubClusterStatus } from "./cluster-status";
