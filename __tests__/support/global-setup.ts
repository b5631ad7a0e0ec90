import { startRun } from "./requirements";

export default startRun;
