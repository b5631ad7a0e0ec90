import { renderTemplate } from "../../../modules/hosts/template";

const HOST = {
  name: "london",
  files: [{ path: "/etc/motd", mode: "0644", content: "hello\n" }],
  units: ["a.service"],
};

describe("a template", () => {
  it("takes its values as they are", () => {
    expect(renderTemplate("cloud-config.yaml.hbs", { ...HOST, name: "<a & b>" })).toContain(
      "# <a & b>: files",
    );
  });

  it("leaves out what is turned off", () => {
    expect(renderTemplate("cloud-config.yaml.hbs", { ...HOST, units: [] })).not.toContain("enable");
  });

  it("fails for a value that is not given", () => {
    const given = Object.fromEntries(Object.entries(HOST).filter(([name]) => name !== "name"));
    expect(() => renderTemplate("cloud-config.yaml.hbs", given)).toThrow('"name" not defined');
  });

  it.each([undefined, null, "", NaN])("fails for a value that is %p", (value) => {
    expect(() => renderTemplate("cloud-config.yaml.hbs", { ...HOST, name: value as string })).toThrow(
      "cloud-config.yaml.hbs: values.name has no value",
    );
  });
});
