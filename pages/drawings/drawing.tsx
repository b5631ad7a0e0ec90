import type { ComponentChildren, VNode } from "preact";
import { STYLE } from "./style";

/** The place of a drawing in another one. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing: scales to the width that it gets. */
export interface DrawingProps {
  /** What it shows, in words: for those who cannot see it. */
  readonly title: string;
  /** Units of the drawing's own coordinates. */
  readonly width: number;
  readonly height: number;
  /** True where its parts can be pressed: then each part speaks for itself. @default false */
  readonly interactive?: boolean;
  /** True for a file of its own, with its style inside. @default false */
  readonly alone?: boolean;
  /** Where it stands in another drawing. @default it is none's part */
  readonly at?: Place;
  readonly children: ComponentChildren;
}

/** The frame that all drawings share. */
export function Drawing({ title, width, height, interactive, alone, at, children }: DrawingProps): VNode {
  return (
    <svg
      class="drawing"
      xmlns="http://www.w3.org/2000/svg"
      viewBox={`0 0 ${round(width)} ${round(height)}`}
      {...(at ??
        (alone
          ? { width: round(width), height: round(height) }
          : { style: `max-width:${round(width * 1.25)}px` }))}
      role={interactive ? "group" : "img"}
      aria-label={title}
    >
      {alone ? <style>{STYLE}</style> : null}
      {alone ? <rect class="ground" width={width} height={height} /> : null}
      {children}
    </svg>
  );
}

/** Figures of drawings have one digit after the point: more is never seen, and costs room. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** What makes a part of a drawing a button; nothing where there is nothing to do. */
export function pressable(
  label: string,
  pressed: boolean,
  press: (() => void) | undefined,
): Record<string, unknown> {
  if (!press) return {};
  return {
    role: "button",
    tabindex: 0,
    "aria-pressed": pressed ? "true" : "false",
    "aria-label": label,
    onClick: press,
    onKeyDown: (event: { key: string; preventDefault(): void }) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    },
  };
}
