/** Errors of AWS, of its SDK and of the network that have one cause and one mend. */
const KINDS: readonly { readonly names: RegExp; readonly words: string; readonly mend: string }[] = [
  {
    names: /^(CredentialsProviderError|ProviderError|TokenProviderError)$/,
    words: "no AWS credentials were found",
    mend: "set AWS_PROFILE, or log in (aws sso login, aws configure)",
  },
  {
    names:
      /^(ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|AuthFailure|InvalidAccessKeyId|SignatureDoesNotMatch)$/,
    words: "AWS refuses the credentials",
    mend: "renew them (aws sso login), set this machine's clock, or enable the region in the account",
  },
  {
    names: /^(AccessDenied(Exception)?|UnauthorizedOperation|AuthorizationError(Exception)?|403|Forbidden)$/,
    words: "the credentials may not do this",
    mend: "ask for the right that AWS names, or use another role",
  },
  {
    names:
      /^(TimeoutError|NetworkingError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    words: "AWS cannot be reached",
    mend: "check the region's name, the network, the proxy and AWS_ENDPOINT_URL",
  },
  {
    names: /^(Throttling(Exception)?|RequestLimitExceeded|TooManyRequestsException|SlowDown)$/,
    words: "AWS throttles, after many tries",
    mend: "run the command again later, with fewer --region",
  },
];

/** What went wrong with AWS in a region, in AWS's own words and with what mends it. */
export function awsFailure(region: string, error: unknown): string {
  return `${region}: ${awsReason(error)}`;
}

/** What went wrong with AWS, in its own words and with what mends it. */
export function awsReason(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  const kind = KINDS.find(({ names }) => names.test(name) || names.test(code ?? ""));
  const said = message || code || name;
  return kind === undefined ? said : `${kind.words} (${said}): ${kind.mend}.`;
}
