import { awsFailure } from "../../../lab/deployed/aws-failure";

const failure = (name: string, message: string, code?: string) =>
  awsFailure("eu-west-2", Object.assign(new Error(message), { name, ...(code && { code }) }));

describe("a failure of AWS", () => {
  it.each([
    ["CredentialsProviderError", "Could not load", undefined, "no AWS credentials were found", "AWS_PROFILE"],
    ["ExpiredTokenException", "expired", undefined, "AWS refuses the credentials", "aws sso login"],
    ["AuthFailure", "not able to validate", undefined, "AWS refuses the credentials", "enable the region"],
    ["UnauthorizedOperation", "no ec2:X", undefined, "the credentials may not do this", "ask for the right"],
    ["Error", "getaddrinfo", "ENOTFOUND", "AWS cannot be reached", "check the region's name"],
    ["TimeoutError", "timed out", undefined, "AWS cannot be reached", "the proxy"],
    ["RequestLimitExceeded", "slow", undefined, "AWS throttles", "later"],
  ])("%s (%s) names region, cause and remedy", (name, message, code, words, mend) => {
    const text = failure(name, message, code);
    expect(text).toMatch(/^eu-west-2: /);
    for (const part of [message, words, mend]) expect(text).toContain(part);
  });

  it("is told in AWS's own words where nothing is known of it", () => {
    expect(failure("DependencyViolation", "it has dependencies")).toBe("eu-west-2: it has dependencies");
    expect(failure("Error", "", "EPROTO")).toBe("eu-west-2: EPROTO");
  });
});
