import { RunProgress } from "../../../cli/report/run-progress";
import type { LoaderProcess } from "../../../lab/load/loader-process";

type Loading = Pick<LoaderProcess, "options" | "progress">;

const loading = (client: string, ok: number, codes: Record<string, number> = {}): Loading => ({
  options: { client } as LoaderProcess["options"],
  progress: {
    counts: { ok, "not-sent": 2, refused: 0, unknown: 1 },
    codes: { "0": ok, ...codes },
  },
});

/** What a run printed, and the screen that it left on a terminal. */
function told(colour: boolean, columns = 80) {
  const printed: string[] = [];
  const progress = new RunProgress({ colour, columns, print: (text) => printed.push(text) });
  const screen = () => {
    const lines: string[] = [];
    for (const text of printed) {
      const [erased, rest] = text.startsWith("\x1b[") ? text.split("\x1b[J") : ["", text];
      lines.splice(lines.length - parseInt(erased.slice(2) || "0"));
      lines.push(...rest.split("\n"));
    }
    return lines.map((line) => line.replace(/^ *\d+\.\d/, "0.0"));
  };
  return { printed, progress, screen };
}

describe("how a run goes on", () => {
  test("on a terminal: a line a place, by outcome and code, beneath the steps and gone with the next one", () => {
    const { progress, screen } = told(true);
    progress.says("wait 10 s");
    progress.progress([loading("eu-west-2/1", 1203, { "-8": 2, "9": 1 }), loading("eu-west-3/1", 7)]);
    expect(screen()).toEqual([
      "0.0  wait 10 s",
      "0.0    eu-west-2/1  1203 ok, 2 not sent, 1 unknown (9: 1, -8: 2)",
      "0.0    eu-west-3/1  7 ok, 2 not sent, 1 unknown",
    ]);
    progress.says("heal");
    expect(screen()).toEqual(["0.0  wait 10 s", "0.0  heal"]);
  });

  test("elsewhere: the steps alone, without a control character", () => {
    const { progress, screen, printed } = told(false);
    progress.says("wait 10 s");
    progress.progress([loading("eu-west-2/1", 1203)]);
    progress.says("heal");
    expect(screen()).toEqual(["0.0  wait 10 s", "0.0  heal"]);
    expect(printed.join("")).not.toContain("\x1b");
  });

  test("a text of several lines stands beneath itself", () => {
    const { progress, printed } = told(false);
    progress.says("foretold: all\nmade one by one");
    expect(printed).toEqual(["   0.0  foretold: all\n        made one by one"]);
  });

  test("no line is wider than the terminal, where it would be two", () => {
    const { progress, printed } = told(true, 30);
    progress.progress([loading("eu-west-2/1", 1203, { "-8": 2 })]);
    expect(printed.map((line) => line.length)).toEqual([29]);
  });
});
