import { App } from "cdktf";
import { reportInputErrors } from "./modules";
import { scenarios } from "./scenarios";

// cdktf takes a stack trace of every token: to map them all to sources costs a tenth of the synth.
process.setSourceMapsEnabled(false);
try {
  reportInputErrors(() => {
    const app = new App();
    for (const scenario of scenarios) scenario.build(app);
    app.synth();
  });
} finally {
  process.setSourceMapsEnabled(true);
}
