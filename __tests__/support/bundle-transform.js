const { buildSync } = require("esbuild");

/** Bundles a source with what it imports, as the package does: d3 is of ES modules only, which jest cannot require. */
module.exports = {
  process(_, path) {
    const { outputFiles } = buildSync({
      entryPoints: [path],
      bundle: true,
      write: false,
      format: "cjs",
      target: "es2022",
    });
    return { code: outputFiles[0].text };
  },
};
