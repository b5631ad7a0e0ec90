import { App } from "cdktf";
import { reportInputErrors } from "./modules";
import { scenarios } from "./scenarios";

reportInputErrors(() => {
  const app = new App();
  for (const scenario of scenarios) scenario.build(app);
  app.synth();
});
