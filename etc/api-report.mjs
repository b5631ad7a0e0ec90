// npm run docs: the public surface of each entry of the package, as etc/NAME.api.md, so that a change of it is seen.
// node etc/api-report.mjs [FOLDER]: writes the reports into another folder.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reportFolder = resolve(process.argv[2] ?? join(root, "etc"));
const work = mkdtempSync(join(tmpdir(), "stretch-api-report-"));
const types = join(work, "types");

try {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const project = join(root, "tsconfig.build.json");
  execFileSync(process.execPath, [tsc, "-p", project, "--emitDeclarationOnly", "--outDir", types], {
    stdio: "inherit",
  });
  mkdirSync(reportFolder, { recursive: true });
  for (const entry of ["modules", "scenarios", "model", "rehearsal"]) {
    const config = ExtractorConfig.prepare({
      configObjectFullPath: join(root, "etc", "api-report.mjs"),
      packageJsonFullPath: join(root, "package.json"),
      configObject: {
        projectFolder: root,
        mainEntryPointFilePath: join(types, entry, "index.d.ts"),
        compiler: {
          overrideTsconfig: {
            extends: project,
            include: [types],
            compilerOptions: { rootDir: "/", noEmit: true, typeRoots: [join(root, "node_modules/@types")] },
          },
        },
        newlineKind: "lf",
        apiReport: {
          enabled: true,
          reportFileName: `${entry}.api.md`,
          reportFolder,
          reportTempFolder: work,
          includeForgottenExports: false,
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: { default: { logLevel: "none" } },
          extractorMessageReporting: { default: { logLevel: "none" } },
          tsdocMessageReporting: { default: { logLevel: "none" } },
        },
      },
    });
    Extractor.invoke(config, { localBuild: true, showVerboseMessages: false, messageCallback: quiet });
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function quiet(message) {
  if (message.logLevel !== "error") message.handled = true;
}
