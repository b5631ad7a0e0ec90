import type { App } from "cdktf";
import { ActivePassive } from "./active-passive";
import { EvenSplit } from "./even-split";
import { OddSplit } from "./odd-split";
import { RackFailure } from "./rack-failure";
import type { Scenario } from "./scenario";
import type { Story } from "./story";
import { SubnetSplit } from "./subnet-split";
import { ThreeRegions } from "./three-regions";
import { TieBreaker } from "./tie-breaker";

export { Scenario } from "./scenario";
export {
  defaultStory,
  type Load,
  type Metric,
  METRICS,
  type Nodes,
  type Objectives,
  type Recovery,
  type Step,
  type StopCondition,
  type Story,
  type Wait,
  WAIT_LIMIT_SECONDS,
} from "./story";
export { LondonAndParis, type LondonAndParisNodes, type LondonAndParisServers } from "./london-and-paris";
export { ActivePassive, EvenSplit, OddSplit, RackFailure, SubnetSplit, ThreeRegions, TieBreaker };

/** A scenario that can be built by name. */
export interface ScenarioEntry {
  /** Name of its stack. */
  readonly name: string;
  /** What it shows, in a line. */
  readonly summary: string;
  /** What `stretch run` does with it. */
  readonly story: Story;
  build(app: App): Scenario;
}

/** Every scenario, in the order of their telling. */
export const scenarios: readonly ScenarioEntry[] = [
  EvenSplit,
  OddSplit,
  RackFailure,
  SubnetSplit,
  TieBreaker,
  ThreeRegions,
  ActivePassive,
].map((made) => ({
  name: made.title,
  summary: made.summary,
  story: made.story,
  build: (app) => new made(app, made.title),
}));
