import { renderTemplate } from "../../../modules/hosts/template";

const CLIENT = {
  region: "eu-west-2",
  modules: false,
  helperPackages: "jq",
  packageSpec: "p",
  clientSpec: "c",
  resultsBucket: "b",
  resultsPrefix: "p",
  usersSecretArn: false,
};

describe("a template", () => {
  it("takes its values as they are", () => {
    const text = renderTemplate("client.env.hbs", { ...CLIENT, packageSpec: "<a & b>" });
    expect(text).toContain("PACKAGE_SPEC=<a & b>\n");
  });

  it("leaves out what is turned off", () => {
    expect(renderTemplate("client.env.hbs", CLIENT)).not.toContain("USERS_SECRET_ARN");
  });

  it("fails for a value that is not given", () => {
    const given = Object.fromEntries(Object.entries(CLIENT).filter(([name]) => name !== "region"));
    expect(() => renderTemplate("client.env.hbs", given)).toThrow('"region" not defined');
  });

  it.each([undefined, null, "", NaN])("fails for a value that is %p", (value) => {
    expect(() => renderTemplate("client.env.hbs", { ...CLIENT, region: value as string })).toThrow(
      "client.env.hbs: values.region has no value",
    );
  });
});
