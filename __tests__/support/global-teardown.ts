import { endRun } from "./requirements";

export default endRun;
