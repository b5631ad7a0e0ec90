// The app (main.ts) with the scenario even-split alone.
import { App } from "cdktf";
import { EvenSplit } from "../../scenarios";

process.setSourceMapsEnabled(false);
const app = new App();
new EvenSplit(app, "even-split");
app.synth();
