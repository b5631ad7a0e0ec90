import type { VNode } from "preact";

/** What pressing a node or a rack does. */
export type Press = "stop" | "cut";

/** Lets one choose what pressing does. */
export function PressChoice({
  press,
  setPress,
  stops,
}: {
  readonly press: Press;
  setPress(how: Press): void;
  /** What stopping is called. */
  readonly stops: string;
}): VNode {
  return (
    <fieldset>
      <legend>Pressing a node or rack</legend>
      {(["stop", "cut"] as const).map((how) => (
        <label>
          <input type="radio" name="press" checked={press === how} onChange={() => setPress(how)} />{" "}
          {how === "stop" ? stops : "cuts it off"}
        </label>
      ))}
    </fieldset>
  );
}
