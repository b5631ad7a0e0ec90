export { all, type Answer, type Decided } from "./answer";
export { type Block, blockOf, blockText } from "./block";
export { ReachError } from "./errors";
export * from "./facts";
export { type HostClass, Reach, type Reachability, REPLY_PORTS, type Step, type StepKind } from "./reach";
export { factsBefore, factsOf } from "./terraform/read";
export type { Locals } from "./terraform/references";
