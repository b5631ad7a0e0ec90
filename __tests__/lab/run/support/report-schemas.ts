import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { validateXML } from "xmllint-wasm";

const ROOT = join(__dirname, "..", "..", "..", "..");
const FIXTURES = join(ROOT, "__tests__", "fixtures", "schemas");
const SCHEMA = join(ROOT, "docs", "summary.schema.json");
const validate = new Ajv({ allErrors: true, allowUnionTypes: true, validateFormats: false }).compile(
  JSON.parse(readFileSync(SCHEMA, "utf8")) as object,
);

/** What is wrong with a `summary.json` by its schema. */
export function summaryErrors(text: string): unknown[] {
  validate(JSON.parse(text));
  return validate.errors ?? [];
}

/** What is wrong with a `junit.xml` by the schema of what Jenkins reads. */
export async function junitErrors(text: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: "junit.xml", contents: text }],
    schema: [{ fileName: "junit.xsd", contents: readFileSync(join(FIXTURES, "junit.xsd"), "utf8") }],
  });
  return errors.map(({ message }) => message);
}
