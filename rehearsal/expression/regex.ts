import { RE2JS } from "re2js";
import { invalid, unsupported } from "./expression";

/** The flags of glibc's regcomp, to which a server hands a client's on. */
const Flag = { extended: 1, ignoreCase: 2, newline: 4 } as const;

/**
 * A POSIX regular expression, basic or extended, with what glibc adds to them, as a server compiles it: bytes are its
 * characters. Takes time linear in the text (RE2).
 *
 * @returns whether a text has a match. Throws on a pattern that is none, and on back-references.
 */
export function posixRegex(pattern: string, flags: number): (text: Buffer) => boolean {
  const translated = new Translation(pattern, flags).translate();
  const caseless = (flags & Flag.ignoreCase) !== 0;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(translated, caseless ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    throw invalid(`pattern ${JSON.stringify(pattern)}: ${String(error)}`);
  }
  // A text ends at a zero byte, as in C.
  return (text) => compiled.test(text.toString("latin1").split("\0", 1)[0]);
}

/** What stands for the same in RE2's syntax. */
class Translation {
  private at = 0;
  private readonly extended: boolean;
  private readonly newline: boolean;
  /** Groups that are open: what stands before each of their branches. */
  private readonly open: string[] = [];
  /** Of the branch that is read: what is complete, and the last atom, that a repetition is about. */
  private done = "";
  private atom = "";

  constructor(
    private readonly pattern: string,
    flags: number,
  ) {
    this.extended = (flags & Flag.extended) !== 0;
    this.newline = (flags & Flag.newline) !== 0;
  }

  translate(): string {
    while (this.at < this.pattern.length) this.next();
    if (this.open.length > 0) throw invalid("a group of the pattern is not closed");
    return this.done + this.atom;
  }

  private next(): void {
    const char = this.pattern[this.at++];
    if (char === "\\") return this.escaped();
    if (char === "[") return this.put(this.bracket());
    if (char === ".") return this.put(this.newline ? "[^\\n]" : "(?s:.)");
    if (char === "*") return this.atStart() && !this.extended ? this.put("\\*") : this.repeat("*");
    if (char === "^" && (this.extended || this.atStart()))
      return this.anchor(this.newline ? "(?m:^)" : "\\A");
    if (char === "$" && (this.extended || this.atEnd())) return this.anchor(this.newline ? "(?m:$)" : "\\z");
    if (this.extended && this.special(char)) return;
    this.put(literal(char));
  }

  /** What is special without a backslash in an extended expression, and with one in a basic one. */
  private special(char: string): boolean {
    if (char === "(") this.begin();
    else if (char === ")" && (this.open.length > 0 || !this.extended)) this.end();
    else if (char === "|") this.branch();
    else if (char === "+" || char === "?") this.repeat(char);
    else if (char === "{") return this.interval();
    else return false;
    return true;
  }

  private escaped(): void {
    if (this.at === this.pattern.length) throw invalid("the pattern ends with a backslash");
    const char = this.pattern[this.at++];
    if (!this.extended && this.special(char)) return;
    if (/[1-9]/.test(char)) throw unsupported("back-references in patterns");
    this.put(GNU[char] ?? literal(char));
  }

  private bracket(): string {
    const rest = this.pattern.slice(this.at);
    const found = /^\^?\]?(?:\[:[a-z]*:\]|\[\.[^\]]*\.\]|\[=[^\]]*=\]|[^\]])*\]/.exec(rest);
    if (!found) throw invalid("a bracket of the pattern is not closed");
    this.at += found[0].length;
    const [, not, inner] = /^(\^?)([^]*)\]$/.exec(found[0])!;
    if (/\[[.=]/.test(inner)) throw unsupported("collating elements in patterns");
    // Only classes keep their meaning; a backslash is a character here.
    const out = inner.replace(/\[:[a-z]*:\]|[\\[\]]|\^/g, (part) => (part.length > 1 ? part : literal(part)));
    return `[${not}${out}${not && this.newline ? "\\n" : ""}]`;
  }

  private interval(): boolean {
    const found = (this.extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/).exec(
      this.pattern.slice(this.at),
    );
    if (!found || (found[1] === "" && found[2] === "")) {
      if (this.extended) return false;
      throw invalid("an interval of the pattern is not closed");
    }
    this.at += found[0].length;
    this.repeat(`{${found[1] || "0"}${found[2]}${found[3]}}`);
    return true;
  }

  private put(atom: string): void {
    this.done += this.atom;
    this.atom = atom;
  }

  private anchor(anchor: string): void {
    this.put("");
    this.done += anchor;
  }

  private repeat(how: string): void {
    if (this.atom === "") {
      if (this.extended) throw invalid("the pattern repeats nothing");
      return this.put(literal(how[0]));
    }
    this.atom = `(?:${this.atom})${how}`;
  }

  private begin(): void {
    this.put("");
    this.open.push(this.done);
    this.done = "";
  }

  private end(): void {
    const before = this.open.pop();
    if (before === undefined) throw invalid("a group of the pattern is not begun");
    this.atom = `(?:${this.done}${this.atom})`;
    this.done = before;
  }

  private branch(): void {
    this.put("");
    this.done += "|";
  }

  private atStart(): boolean {
    return this.atom === "" && /(^|\||\\A|\(\?m:\^\))$/.test(this.done);
  }

  private atEnd(): boolean {
    return /^($|\\\)|\\\|)/.test(this.pattern.slice(this.at));
  }
}

/** What glibc gives a meaning with a backslash before it. */
const GNU: Readonly<Partial<Record<string, string>>> = {
  w: "\\w",
  W: "\\W",
  s: "\\s",
  S: "\\S",
  b: "\\b",
  B: "\\B",
  "<": "\\b",
  ">": "\\b",
  "`": "\\A",
  "'": "\\z",
};

function literal(char: string): string {
  return /[A-Za-z0-9]/.test(char) ? char : `\\x{${char.charCodeAt(0).toString(16)}}`;
}
