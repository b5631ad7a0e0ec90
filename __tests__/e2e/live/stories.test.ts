import { NO_FAULT } from "../../../model";
import { describeWith } from "../../support/requirements";
import { DeployedStack } from "../support/twin/deployed-stack";

describeWith(
  ["terraform", "moto", "client for Node.js", "mount namespaces"],
  "stories of other scenarios by stretch run --live on the twin of AWS",
  () => {
    let deployed: DeployedStack;
    afterEach(() => deployed?.stop());

    it.each(["rack-failure", "tie-breaker"])(
      "%s goes as predicted, and nothing stays broken",
      async (name) => {
        deployed = await DeployedStack.start(name);
        const { code, text } = await deployed.run(name);
        expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("pass: ") });
        expect(deployed.twin.networks).toEqual({ ...NO_FAULT, clientsLose: {} });
      },
    );
  },
);
