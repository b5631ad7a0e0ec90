import type { App } from "cdktf";
import { ActivePassive } from "./active-passive";
import { EvenSplit } from "./even-split";
import { OddSplit } from "./odd-split";
import { RackFailure } from "./rack-failure";
import type { Scenario } from "./scenario";
import { SubnetSplit } from "./subnet-split";
import { ThreeRegions } from "./three-regions";
import { TieBreaker } from "./tie-breaker";

export { Scenario } from "./scenario";
export { LondonAndParis, type LondonAndParisNodes, type LondonAndParisServers } from "./london-and-paris";
export { ActivePassive, EvenSplit, OddSplit, RackFailure, SubnetSplit, ThreeRegions, TieBreaker };

/** A scenario that can be built by name. */
export interface ScenarioEntry {
  /** Name of its stack. */
  readonly name: string;
  /** What it shows, in a line. */
  readonly summary: string;
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
  build: (app) => new made(app, made.title),
}));
