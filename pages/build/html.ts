import { createHash } from "node:crypto";
import { STYLE } from "../drawings/style";
import { PAGE_STYLE } from "./page-style";

/** What makes a page. */
export interface PageParts {
  readonly title: string;
  /** Rendered markup. */
  readonly body: string;
  /** For the script, as JSON in an element `data`. @default none */
  readonly data?: unknown;
  /** The page's one script. @default none: a page to read */
  readonly script?: string;
  /** Where the script may connect to; pages of files nowhere. @default 'none' */
  readonly connect?: string;
}

/**
 * A page of one file: nothing is fetched from anywhere. Its policy (CSP) allows the one script by its hash, and no other.
 */
export function page({ title, body, data, script, connect = "'none'" }: PageParts): string {
  const hash =
    script === undefined ? "'none'" : `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  // Styles stand in the page, and in attributes of what the script draws.
  const policy = `default-src 'none'; script-src ${hash}; style-src 'unsafe-inline'; img-src data:; connect-src ${connect}; base-uri 'none'; form-action 'none'`;
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeText(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}${PAGE_STYLE}</style>`,
    "</head>",
    "<body>",
    body,
    ...(data === undefined ? [] : [`<script type="application/json" id="data">${jsonIn(data)}</script>`]),
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** JSON as text of a script element: nothing in it can end the element. */
export function jsonIn(data: unknown): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
