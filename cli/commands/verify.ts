import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { check } from "../../lab/check/check";
import { jepsenHistory } from "../../lab/check/jepsen-history";
import { readLedger } from "../../lab/load/ledger";
import { ExitError, UsageError } from "../errors";
import type { Output } from "./output";

/** Findings that are shown. */
const MOST = 20;

/** `stretch verify`: the checker over the ledgers of a run. */
export function verifyCommand(output: Output): Command {
  return new Command("verify")
    .summary("checks the ledgers of a run again: which acknowledged writes are lost, which reads are wrong")
    .description(
      "Reads the ledgers of a run's folder, or the given ledgers of one host, and checks every key by itself. " +
        "Exit codes: 0 nothing is wrong, 1 something is, 3 nothing is proven.",
    )
    .argument("<RUN...>", "a run's folder, or ledgers")
    .option("--jepsen", "prints the history in Jepsen's form, as JSON, for other checkers")
    .action((runs: string[], { jepsen }: { jepsen?: true }) => {
      const files = runs.flatMap(ledgersOf);
      const ledgers = files.map(readLedger);
      const history = ledgers.flatMap(({ operations }) => [...operations]);
      if (jepsen) return output.print(JSON.stringify(jepsenHistory(history)));
      for (const [i, { torn }] of ledgers.entries()) {
        if (torn)
          output.print(`${files[i]}: its loader was killed; what its torn last line says was never sent.`);
      }
      const { verdict, reasons, keys, findings, rpo, inDoubt } = check(history);
      const counted = Object.entries(keys).filter(([, count]) => count > 0);
      output.print(
        [
          `${verdict}: ${history.length} operations on ${counted.reduce((sum, [, count]) => sum + count, 0)} keys; ${rpo.writes} acknowledged writes lost or overwritten`,
          ...reasons.map((reason) => `  ${reason}`),
          `  keys: ${counted.map(([name, count]) => `${count} ${name}`).join(", ")}`,
          `  in doubt: ${inDoubt.applied} applied, ${inDoubt.notApplied} not`,
          ...findings.slice(0, MOST).map(({ key, class: name, why }) => `  ${name}: ${key}: ${why}`),
        ].join("\n"),
      );
      if (verdict !== "pass") throw new ExitError(verdict === "fail" ? 1 : 3);
    });
}

/** @throws UsageError where there is no ledger. */
function ledgersOf(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`There is no ${path}: expected a run's folder or a ledger.`);
  if (!statSync(path).isDirectory()) return [path];
  const ledgers = readdirSync(path).filter((name) => /^ledger-.*\.jsonl$/.test(name));
  if (ledgers.length === 0) throw new UsageError(`${path} holds no ledger: expected a run's folder.`);
  return ledgers.map((name) => join(path, name));
}
