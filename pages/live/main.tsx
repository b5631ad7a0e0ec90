import { render } from "preact";
import { Live } from "./live";
import type { LiveData } from "./protocol";

const token = new URL(location.href).searchParams.get("token") ?? sessionStorage.getItem("token") ?? "";
// What opens the page must not be sent on with its address; a reload has it still.
sessionStorage.setItem("token", token);
history.replaceState(null, "", "/");
const data = JSON.parse(document.getElementById("data")!.textContent) as LiveData;
render(<Live data={data} token={token} />, document.getElementById("page")!);
