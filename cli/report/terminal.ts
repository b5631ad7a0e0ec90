import pc from "picocolors";

/** Where a report is shown. */
export interface Terminal {
  /** True on a terminal that shows colours. */
  readonly colour: boolean;
  /** Width in characters. */
  readonly columns: number;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** Colours of a terminal: none elsewhere. */
export function coloursOf({ colour }: Terminal): Colours {
  return pc.createColors(colour);
}
