import { MessageError } from "../../../rehearsal/wire/message";
import { posixRegex } from "../../../rehearsal/expression/regex";

const [BASIC, EXTENDED, IGNORE_CASE, NEWLINE] = [0, 1, 2, 4];
const matches = (pattern: string, flags: number, text: string) =>
  posixRegex(pattern, flags)(Buffer.from(text));

// As `grep -E` and `grep` say.
test.each([
  [EXTENDED, "a+b?c{2}", "xaacc", true],
  [EXTENDED, "a+b?c{2}", "xaac", false],
  [EXTENDED, "^(ab|cd)*$", "abcdab", true],
  [EXTENDED, "^(ab|cd)*$", "abc", false],
  [EXTENDED, "a{,2}$", "b", true],
  [EXTENDED, "^a{2,}$", "a", false],
  [EXTENDED, "^a+?$", "", true],
  [EXTENDED, "a)", "a)", true],
  [EXTENDED, "a{x", "a{x", true],
  [EXTENDED, "[[:digit:]]+-[^[:alpha:]]", "12-3", true],
  [EXTENDED, "^[]a]$", "]", true],
  [EXTENDED, "^[^]a]$", "]", false],
  [EXTENDED, "^[\\d]$", "\\", true],
  [EXTENDED, "^[\\d]$", "5", false],
  [EXTENDED, "\\.txt$", "a.txt", true],
  [EXTENDED, "\\bfoo\\b", "a foo b", true],
  [EXTENDED, "a.b", "a\nb", true],
  [EXTENDED, "^b$", "a\nb", false],
  [EXTENDED | NEWLINE, "a.b", "a\nb", false],
  [EXTENDED | NEWLINE, "^b$", "a\nb", true],
  [EXTENDED | NEWLINE, "a[^x]b", "a\nb", false],
  [EXTENDED | IGNORE_CASE, "HELLO", "say hello", true],
  [EXTENDED, "^..$", "é", true],
  [EXTENDED, "after", "before\0after", false],
  [BASIC, "a+", "a+", true],
  [BASIC, "^a+$", "aa", false],
  [BASIC, "^a\\+$", "aa", true],
  [BASIC, "^\\(ab\\)*c$", "ababc", true],
  [BASIC, "^(ab)$", "(ab)", true],
  [BASIC, "a\\|b", "b", true],
  [BASIC, "a|b", "b", false],
  [BASIC, "^x\\{2,3\\}$", "xxx", true],
  [BASIC, "^*a", "*a", true],
  [BASIC, "*a", "*a", true],
  [BASIC, "a^b$c", "a^b$c", true],
])("flags %i: %s and %j", (flags, pattern, text, wanted) => {
  expect(matches(pattern, flags, text)).toBe(wanted);
});

test.each([
  ["(a", EXTENDED, 4],
  ["a\\", EXTENDED, 4],
  ["[a", EXTENDED, 4],
  ["*a", EXTENDED, 4],
  ["a\\{2", BASIC, 4],
  ["(a)\\1", EXTENDED, 16],
])("a pattern is refused: %s", (pattern, flags, code) => {
  let refused: unknown;
  try {
    posixRegex(pattern, flags);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(MessageError);
  expect((refused as MessageError).result).toBe(code);
});

test("a pattern that makes others try all ways takes no time", () => {
  expect(matches("^(a+)+$", EXTENDED, `${"a".repeat(50_000)}b`)).toBe(false);
});
