import { createHash } from "node:crypto";
import { jsonIn, page } from "../../../pages/build/html";

describe("a page", () => {
  const hostile = { name: "</script><script>alert(1)</script><!--" };
  const html = page({ title: '"><b>', body: "<main></main>", data: hostile, script: "let a = 1;" });

  test("allows its own script by its hash, and connects to nowhere", () => {
    const hash = createHash("sha256").update("let a = 1;").digest("base64");
    expect(html).toContain(`script-src 'sha256-${hash}'`);
    expect(html).toContain("connect-src 'none'");
    expect(html).toContain("default-src 'none'");
  });

  test("holds data that cannot end its element, and that are read back as they were", () => {
    const [, json] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html)!;
    expect(json).not.toContain("<");
    expect(JSON.parse(json)).toEqual(hostile);
    expect(jsonIn("<")).toBe('"\\u003c"');
  });

  test("has its title as text", () => {
    expect(html).toContain("<title>&quot;&gt;&lt;b&gt;</title>");
  });

  test("that is only read has no script at all", () => {
    const plain = page({ title: "t", body: "" });
    expect(plain).toContain("script-src 'none'");
    expect(plain).not.toContain("<script");
  });
});
