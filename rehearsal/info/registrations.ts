import type { RegisteredIndex } from "../cluster/registered";
import type { InfoContext, Parameters } from "./context";

/** `udf-put:filename=NAME;content=BASE64;content-len=N;udf-type=LUA;` */
export function putModule({ cluster }: InfoContext, parameters: Parameters): string {
  const name = parameters.get("filename");
  const content = parameters.get("content");
  if (!name || !content) return "error=invalid_parameters";
  cluster.registered.addModule(name, content);
  return "ok";
}

/** `udf-remove:filename=NAME;` */
export function removeModule({ cluster }: InfoContext, parameters: Parameters): string {
  cluster.registered.removeModule(parameters.get("filename") ?? "");
  return "ok";
}

/** `udf-get:filename=NAME;` */
export function getModule({ cluster }: InfoContext, parameters: Parameters): string {
  const content = cluster.registered.moduleContent(parameters.get("filename") ?? "");
  return content === undefined ? "error=not_found" : `type=LUA;content=${content};`;
}

/** `udf-list` */
export function listModules({ cluster }: InfoContext): string {
  return cluster.registered
    .moduleHashes()
    .map(([name, hash]) => `filename=${name},hash=${hash},type=LUA;`)
    .join("");
}

/** `sindex-create:namespace=NS;set=SET;indexname=NAME;indextype=KIND;indexdata=BIN,TYPE`; newer clients say `bin=BIN;type=TYPE`, older ones `ns=NS`. */
export function createIndex({ cluster }: InfoContext, parameters: Parameters): string {
  const name = parameters.get("indexname");
  const [bin, type] = parameters.get("indexdata")?.split(",") ?? [
    parameters.get("bin"),
    parameters.get("type"),
  ];
  if ((parameters.get("namespace") ?? parameters.get("ns")) !== cluster.namespace.name)
    return "ERROR:20:unknown namespace";
  if (!name || !bin || !type) return "ERROR:4:missing or invalid 'indexname', 'bin' or 'type'";
  const index: RegisteredIndex = {
    name,
    bin,
    set: parameters.get("set") ?? "",
    type: type.toLowerCase(),
    kind: (parameters.get("indextype") ?? "default").toLowerCase(),
  };
  const before = cluster.registered.indexes.get(name);
  if (before && JSON.stringify(before) !== JSON.stringify(index)) return "FAIL:200:index already exists";
  cluster.registered.indexes.set(name, index);
  return "OK";
}

/** `sindex-delete:ns=NS;indexname=NAME` */
export function deleteIndex({ cluster }: InfoContext, parameters: Parameters): string {
  cluster.registered.indexes.delete(parameters.get("indexname") ?? "");
  return "OK";
}

/** `sindex-exists:ns=NS;indexname=NAME` */
export function indexExists({ cluster }: InfoContext, parameters: Parameters): string {
  return `${cluster.registered.indexes.has(parameters.get("indexname") ?? "")}`;
}

/** `sindex`, `sindex-list:` */
export function listIndexes({ cluster }: InfoContext): string {
  return [...cluster.registered.indexes.values()]
    .map(
      ({ name, set, bin, type, kind }) =>
        `ns=${cluster.namespace.name}:indexname=${name}:set=${set || "NULL"}:bin=${bin}:type=${type}:indextype=${kind}:context=null:state=RW`,
    )
    .join(";");
}

/** `sindex/NS/NAME`: an index that holds nothing. */
export function indexStatistics({ cluster }: InfoContext, name: string): string {
  if (!cluster.registered.indexes.has(name)) return "ERROR:201:no-index";
  return "entries=0;used_bytes=0;entries_per_bval=0;entries_per_rec=0;load_pct=100;load_time=0;stat_gc_recs=0";
}
