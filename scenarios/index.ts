import type { App } from "cdktf";
import { EvenSplit } from "./even-split";
import type { Scenario } from "./scenario";

export { EvenSplit } from "./even-split";
export { Scenario } from "./scenario";

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
];
