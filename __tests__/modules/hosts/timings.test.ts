import { resolveSettings } from "../../../modules/hosts/aerospike-settings";
import { detectionMs } from "../../../modules/hosts/timings";

test.each([
  ["with the article's heartbeats", { heartbeat: "article" }, 1500],
  ["with the heartbeats for clouds, the default", {}, 3000],
  ["with others", { heartbeat: { intervalMs: 250, timeout: 20 } }, 5000],
] as const)("a silent node is taken for gone %s after interval times timeout", (_, settings, expected) => {
  expect(detectionMs(resolveSettings(settings))).toBe(expected);
});
