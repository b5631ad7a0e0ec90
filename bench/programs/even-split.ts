// The app with the scenario even-split alone.
import { App } from "cdktf";
import { EvenSplit } from "../../scenarios";

const app = new App();
new EvenSplit(app, "even-split");
app.synth();
