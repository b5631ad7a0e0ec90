import { App } from "cdktf";
import { scenarios } from "./scenarios";

const app = new App();
for (const scenario of scenarios) scenario.build(app);
app.synth();
