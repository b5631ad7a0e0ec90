/**
 * What a value that reaches a host's shell may look like. Terraform takes the same form for what only it knows: no
 * backslash, no look-ahead.
 */
export interface ShellKind {
  readonly form: RegExp;
  /** The form in words. */
  readonly expected: string;
}

/** Any text in one line that YAML has, for values of ours and names. */
export const TEXT: ShellKind = {
  form: /^[^\p{Cc}\p{Cs}\u2028\u2029\uFEFF\uFFFE\uFFFF]*$/u,
  expected: "a text in one line, without control characters",
};

/** A folder's name in a bucket, without what an IAM policy takes for a pattern or a variable. */
export const PREFIX: ShellKind = {
  form: /^[A-Za-z0-9 !_.'()-]+$/,
  expected: "letters, digits, spaces and ! _ . ' ( ) -",
};

export const BUCKET: ShellKind = {
  form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  expected: "the name of an S3 bucket",
};

const HOST = "[A-Za-z0-9{}][A-Za-z0-9.{}-]*(:[0-9]+)?";
const VERSION = "[0-9]+[.][0-9]+[.][0-9]+(-[0-9A-Za-z.-]+)?";
/** What RFC 3986 allows in a path; no query, which may be a credential and has no checksum beside it. */
const PATH = "[A-Za-z0-9._~!$&'()*+,;=:@%{}/-]+";

/** A server's package. http has nobody to vouch for it but a checksum of the user's own. */
export const PACKAGE_URL: ShellKind = {
  form: new RegExp(`^(https|s3)://${HOST}/${PATH}$`),
  expected:
    "an https or s3 URL of a .tgz package, without user, password or query (http only with packageSha256)",
};

export const PACKAGE_URL_WITH_SUM: ShellKind = {
  form: new RegExp(`^(https?|s3)://${HOST}/${PATH}$`),
  expected: "an https, http or s3 URL of a .tgz package, without user, password or query",
};

/** What npm packs or the user packed. An exact version, so that the same one is installed on every day. */
export const PACKAGE_SPEC: ShellKind = {
  form: new RegExp(
    `^(s3://[a-z0-9][a-z0-9.-]+/[A-Za-z0-9._~/+=@-]+[.]tgz|(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*@${VERSION})$`,
  ),
  expected: "NAME@VERSION with an exact version, such as @me/stretch@0.1.0, or s3://BUCKET/KEY.tgz",
};

export const NPM_REGISTRY: ShellKind = {
  form: new RegExp(`^https://${HOST}(/[A-Za-z0-9._~/-]*)?$`),
  expected: "a registry's https URL without user, password or query, such as https://npm.example.internal/",
};

export const SHA256: ShellKind = {
  form: /^[0-9a-f]{64}$/,
  expected: "64 hexadecimal digits in lower case",
};

const ARN_START = "^arn:aws[a-z-]*:";
const ARN_PLACE = "[a-z0-9{}-]+:[0-9]{12}";

export const SECRET_ARN: ShellKind = {
  form: new RegExp(
    `${ARN_START}(secretsmanager:${ARN_PLACE}:secret:[A-Za-z0-9/_+=.@-]+|ssm:${ARN_PLACE}:parameter/[A-Za-z0-9/_.-]+)$`,
  ),
  expected: "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME",
};

/** A name in a certificate, which the server, its tools and clients all take as it is. */
export const TLS_NAME: ShellKind = {
  form: /^[A-Za-z][A-Za-z0-9.-]{0,251}[A-Za-z0-9]$/,
  expected:
    "a name in the certificate (subject alternative or common name), such as aerospike.example.internal",
};

export const KMS_KEY_ARN: ShellKind = {
  form: new RegExp(`${ARN_START}kms:${ARN_PLACE}:key/[A-Za-z0-9-]+$`),
  expected: "arn:aws:kms:REGION:ACCOUNT:key/ID",
};

/** A URL for people to read: without the user and password that it should not have had, nor a query. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/]*@/, "//***@").replace(/\?.*$/s, "?***");
}
