/**
 * A node in a process of its own, for what is measured of a process. It sends the address of the node as soon as that
 * listens, and at each message its largest resident memory so far in MiB.
 */
import { Cluster } from "../../../rehearsal/cluster/cluster";
import { RealClock } from "../../../rehearsal/cluster/clock";
import { Services } from "../../../rehearsal/service/connection";
import { Listeners } from "../../../rehearsal/socket/listeners";

const cluster = new Cluster(
  {
    namespace: { name: "mydata", replicationFactor: 1, strongConsistency: false },
    nodes: [{ id: "A352", rack: 0, region: "here" }],
  },
  new RealClock(),
);
const listeners = new Listeners(new Services(cluster), ["here"], 0);
cluster.start();
void listeners.open().then(() => process.send!(listeners.address(cluster.nodes[0], 0)));
process.on("message", () => process.send!(process.resourceUsage().maxRSS / 1024));
process.on("disconnect", () => process.exit(0));
