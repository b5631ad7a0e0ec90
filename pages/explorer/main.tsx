import { render } from "preact";
import { Explorer, type ExplorerData } from "./explorer";

const data = JSON.parse(document.getElementById("data")!.textContent) as ExplorerData;
render(<Explorer data={data} />, document.getElementById("page")!);
