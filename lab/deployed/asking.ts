import type { Ask } from "../recover/situation";
import type { DeployedNode } from "./deployed-driver";
import type { RunCommand } from "./run-command";
import { askScript, NO_ANSWER } from "./scripts";

/** Milliseconds in which what is asked goes into one command. */
const TOGETHER = 50;

interface Question {
  readonly command: string;
  readonly resolve: (answer: string | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** Asks the nodes of a deployed stack on their own hosts; what is asked at the same time goes together. */
export function hostsAsked(nodes: readonly DeployedNode[], runCommand: RunCommand): Ask {
  const waiting = new Map<DeployedNode, Question[]>();
  const send = () => {
    const scripts = new Map<string, DeployedNode[]>();
    for (const [node, questions] of waiting) {
      const key = `${node.region} ${questions.map(({ command }) => command).join("\n")}`;
      scripts.set(key, [...(scripts.get(key) ?? []), node]);
    }
    const asked = new Map(waiting);
    waiting.clear();
    for (const together of scripts.values()) void ask(together, asked);
  };
  const ask = async (together: readonly DeployedNode[], asked: ReadonlyMap<DeployedNode, Question[]>) => {
    const [{ region }] = together;
    const commands = asked.get(together[0])!.map(({ command }) => command);
    try {
      const ids = together.map(({ instanceId }) => instanceId);
      const comment = `stretch: ${commands.join(" ")}`;
      const answers = await runCommand.run(region, ids, askScript(commands), { comment });
      for (const node of together) {
        const { status, output } = answers.get(node.instanceId)!;
        const lines = output.split("\n").map((line) => line.trim());
        // A server that does not run has asinfo tell of the connection, where an id is expected.
        const down = commands.some((command, i) => command === "node" && !/^[0-9A-F]{1,16}$/i.test(lines[i]));
        asked.get(node)!.forEach(({ resolve }, i) => {
          const line = lines[i] ?? "";
          resolve(status !== "ok" || down || line === NO_ANSWER || line === "" ? undefined : line);
        });
      }
    } catch (error) {
      for (const node of together) for (const { reject } of asked.get(node)!) reject(error as Error);
    }
  };
  return (id, command) =>
    new Promise((resolve, reject) => {
      const node = nodes.find((one) => one.id === id)!;
      if (waiting.size === 0) setTimeout(send, TOGETHER);
      waiting.set(node, [...(waiting.get(node) ?? []), { command, resolve, reject }]);
    });
}
