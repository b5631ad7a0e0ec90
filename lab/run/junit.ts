import junit from "junit-report-builder";
import type { Summary } from "./summary";

/**
 * A run for whoever reads JUnit's XML: a case an objective. Missed is a failure; aborted, not run and not healed an error;
 * unproven is skipped.
 */
export function junitOf(summary: Summary): string {
  const builder = junit.newBuilder();
  const suite = builder.testSuite().name(`stretch run ${summary.experiment}`).time(summary.seconds);
  for (const { name, kind, target, observed, met } of summary.objectives) {
    const one = suite.testCase().className(summary.experiment).name(`${name} (${kind})`).time(0);
    if (met === "missed") one.failure(`expected ${target}, observed ${observed}`, "missed");
    if (met === "unproven") one.skipped();
  }
  if (["not-healed", "aborted", "not-run", "unproven"].includes(summary.verdict)) {
    const whole = suite.testCase().className(summary.experiment).name("the run").time(summary.seconds);
    if (summary.verdict === "unproven") whole.skipped();
    else whole.error(summary.reasons[0] ?? summary.verdict, summary.verdict);
  }
  // What Jenkins reads has no such attribute there.
  return builder.build().replace(/(<testsuites [^>]*?) skipped="\d+"/, "$1");
}
