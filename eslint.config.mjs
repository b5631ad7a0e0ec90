import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Top folders, each with those that it may import: `cli -> pages -> lab -> rehearsal -> model`, `cli -> scenarios -> modules -> (model | templates)`. */
const folders = {
  model: [],
  reach: [],
  templates: [],
  modules: ["model", "templates"],
  scenarios: ["modules", "model"],
  rehearsal: ["model"],
  lab: ["rehearsal", "scenarios", "model"],
  pages: ["lab", "rehearsal", "scenarios", "model"],
  cli: ["pages", "lab", "scenarios", "modules", "rehearsal", "reach", "model"],
};

/** Rooms of modules/, upper first: imports run downwards only. */
const rooms = ["faults", "cluster", "hosts", "network", "stack"];

const zones = [
  ...Object.entries(folders).map(([folder, may]) => ({
    target: `./${folder}`,
    from: [
      ...Object.keys(folders)
        .filter((other) => other !== folder && !may.includes(other))
        .map((other) => `./${other}`),
      "./main.ts",
    ],
  })),
  ...rooms.map((room, i) => ({
    target: `./modules/${room}`,
    from: [...rooms.slice(0, i).map((above) => `./modules/${above}`), "./modules/index.ts"],
  })),
  { target: "./cli/report", from: ["./cli/live", "./cli/commands", "./cli/cli.ts"] },
  { target: "./cli/live", from: ["./cli/report", "./cli/commands", "./cli/cli.ts"] },
];

export default tseslint.config(
  { ignores: ["dist/", "cdktf.out/", "coverage/", "out/", "node_modules/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })] },
    rules: {
      // An interface over the type of a schema: documentation shows its parts.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^@cdkt[fn]/provider-(aws|null)(/lib(/index(\\.js)?)?)?/?$",
              message:
                "Import the class by path (@cdktf/provider-aws/lib/vpc): the index loads every resource.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "commonjs", globals: { module: "writable", require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["examples/**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["afterAll", "beforeAll", "console", "expect", "process", "setInterval", "test"].map((name) => [
          name,
          "readonly",
        ]),
      ),
    },
  },
  {
    files: ["model/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "Buffer", "process", "require"],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(?!@noble/hashes/)[^./]",
              message: "model/ is pure, and runs in a page too: it imports itself and @noble/hashes.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["reach/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "Buffer", "process", "require"],
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^[^./]", message: "reach/ is pure: it imports itself alone." }] },
      ],
    },
  },
);
