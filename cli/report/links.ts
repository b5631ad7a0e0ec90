import type { SlowLink } from "../../model";

/** What a slow link does, in words: "50 ms later one way, 1 % lost". */
export function slownessText({ delay = 0, jitter = 0, loss = 0 }: Omit<SlowLink, "between">): string {
  return [
    ...(delay > 0 ? [`${delay} ms later one way`] : []),
    ...(jitter > 0 ? [`up to ${jitter} ms of jitter`] : []),
    ...(loss > 0 ? [`${loss} % lost`] : []),
  ].join(", ");
}
