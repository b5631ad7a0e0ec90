// The packages of a client host, for `npm ci` there: what the command needs when it runs, and the database client, each with
// the version and the checksum that this repository's own lock file has. Run by prepack.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const { name, version, dependencies } = read("package.json");
const { packages } = read("package-lock.json");

/** Where a package that one at `from` asks for is found, as Node looks for it. */
function find(wanted, from) {
  const path = `${from && `${from}/`}node_modules/${wanted}`;
  if (packages[path] || from === "") return packages[path] && path;
  return find(wanted, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))));
}

const chosen = new Set();
function choose(path) {
  if (chosen.has(path)) return;
  chosen.add(path);
  const { dependencies: needs = {}, optionalDependencies = {} } = packages[path];
  for (const wanted of Object.keys({ ...needs, ...optionalDependencies })) {
    const found = find(wanted, path);
    if (found) choose(found);
    else if (needs[wanted]) throw new Error(`package-lock.json has no ${wanted} for ${path}`);
  }
}

// cdktf and constructs are peers of the package; the classes of the AWS provider are not needed there.
const roots = [...Object.keys(dependencies), "aerospike", "cdktf", "constructs"].sort();
for (const root of roots) choose(`node_modules/${root}`);

const root = {
  name: `${name}-client-host`,
  version,
  dependencies: Object.fromEntries(roots.map((one) => [one, packages[`node_modules/${one}`].version])),
};
/** Why this repository has a package is no matter there. */
function entry(path) {
  const made = { ...packages[path] };
  for (const why of ["dev", "peer", "devOptional"]) delete made[why];
  return made;
}
const lock = {
  name: root.name,
  version,
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": root,
    ...Object.fromEntries([...chosen].sort().map((path) => [path, entry(path)])),
  },
};

mkdirSync("dist/client-host", { recursive: true });
writeFileSync("dist/client-host/package.json", `${JSON.stringify({ private: true, ...root }, null, 2)}\n`);
writeFileSync("dist/client-host/package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
