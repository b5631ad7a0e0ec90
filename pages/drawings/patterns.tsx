import type { VNode } from "preact";
import { PATTERNS } from "./style";

const STROKES: Readonly<Record<(typeof PATTERNS)[number], string>> = {
  plain: "",
  rising: "M-1 1L1 -1M0 8L8 0M7 9L9 7",
  falling: "M-1 7L1 9M0 0L8 8M7 -1L9 1",
  level: "M0 4H8",
  upright: "M4 0V8",
  dots: "M2 2h.1M6 6h.1",
};

/** Patterns that lie over colours. `scope` tells those of one drawing from another's on the same page. */
export function Patterns({ scope }: { readonly scope: string }): VNode {
  return (
    <defs>
      {PATTERNS.filter((name) => name !== "plain").map((name) => (
        <pattern id={`${scope}-${name}`} width="8" height="8" patternUnits="userSpaceOnUse">
          <path
            class="ink"
            d={STROKES[name]}
            stroke-width={name === "dots" ? 2.4 : 1.2}
            stroke-linecap="round"
          />
        </pattern>
      ))}
      <pattern id={`${scope}-hatch`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path d="M0 6L6 0" stroke="var(--soft)" stroke-width="0.8" />
      </pattern>
      <pattern id={`${scope}-cross`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path d="M1 1L5 5M5 1L1 5" stroke="#fff" stroke-width="0.9" />
      </pattern>
    </defs>
  );
}

/** The pattern of a region's `ordinal`th node. */
export function patternOf(scope: string, ordinal: number): string | undefined {
  const name = PATTERNS[ordinal % PATTERNS.length];
  return name === "plain" ? undefined : `url(#${scope}-${name})`;
}
