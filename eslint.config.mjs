import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** The dependency rule: lab -> scenarios -> modules -> (model | templates); a folder may not import what stands left of it. */
const zones = [
  { target: "./model", from: ["./modules", "./scenarios", "./lab", "./templates", "./main.ts"] },
  { target: "./templates", from: ["./model", "./modules", "./scenarios", "./lab", "./main.ts"] },
  { target: "./modules", from: ["./scenarios", "./lab", "./main.ts"] },
  { target: "./scenarios", from: ["./lab", "./main.ts"] },
  { target: "./lab", from: ["./main.ts"] },
  {
    target: "./lab/embedded",
    from: ["./lab/live", "./lab/workload", "./lab/report", "./lab/commands", "./lab/cli.ts"],
  },
  {
    target: "./lab/live",
    from: ["./lab/embedded", "./lab/workload", "./lab/report", "./lab/commands", "./lab/cli.ts"],
  },
  {
    target: "./lab/workload",
    from: ["./lab/embedded", "./lab/live", "./lab/report", "./lab/commands", "./lab/cli.ts"],
  },
  {
    target: "./lab/report",
    from: ["./lab/embedded", "./lab/live", "./lab/workload", "./lab/commands", "./lab/cli.ts"],
  },
];

export default tseslint.config(
  { ignores: ["dist/", "cdktf.out/", "coverage/", "node_modules/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })] },
    rules: {
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
    files: ["model/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [{ regex: "^(?!node:crypto$)[^./]", message: "model/ is pure: it imports only itself." }],
        },
      ],
    },
  },
);
