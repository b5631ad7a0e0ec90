import type { App } from "cdktf";
import { EvenSplit } from "./even-split";
import { OddSplit } from "./odd-split";
import { RackFailure } from "./rack-failure";
import type { Scenario } from "./scenario";
import { SubnetSplit } from "./subnet-split";
import { ThreeRegions } from "./three-regions";
import { TieBreaker } from "./tie-breaker";

export { EvenSplit } from "./even-split";
export { OddSplit } from "./odd-split";
export { RackFailure } from "./rack-failure";
export { Scenario } from "./scenario";
export { SubnetSplit } from "./subnet-split";
export { ThreeRegions } from "./three-regions";
export { TieBreaker } from "./tie-breaker";

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
  {
    name: "even-split",
    summary: "3 nodes in London, 3 in Paris: the regions lose each other and each serves half.",
    build: (app) => new EvenSplit(app, "even-split"),
  },
  {
    name: "odd-split",
    summary: "4 nodes in London, 3 in Paris: the regions lose each other and London serves all.",
    build: (app) => new OddSplit(app, "odd-split"),
  },
  {
    name: "rack-failure",
    summary:
      "4 nodes in London, 3 in Paris: London goes down and Paris serves nothing until the operator re-rosters.",
    build: (app) => new RackFailure(app, "rack-failure"),
  },
  {
    name: "subnet-split",
    summary: "6 nodes in London, 6 in Paris: one London subnet is cut off and the other ten nodes serve all.",
    build: (app) => new SubnetSplit(app, "subnet-split"),
  },
  {
    name: "tie-breaker",
    summary: "3 nodes in London, 3 in Paris, 1 quiesced in Ireland: whatever is lost, one side serves all.",
    build: (app) => new TieBreaker(app, "tie-breaker"),
  },
  {
    name: "three-regions",
    summary: "3 nodes in London, Paris and Ireland, a copy in each: any one region may be lost.",
    build: (app) => new ThreeRegions(app, "three-regions"),
  },
];
