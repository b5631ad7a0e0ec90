import { scriptOf } from "../build/bundle";
import { page } from "../build/html";
import type { ExplorerData } from "./explorer";

/** The explorer as one file: the model is inside. */
export function explorerPage(data: ExplorerData): string {
  return page({
    title: "Explorer of stretched clusters",
    body: '<div id="page"><noscript>This page computes what it shows: it needs JavaScript.</noscript></div>',
    data,
    script: scriptOf("explorer"),
  });
}
