import {
  GetInstanceProfileCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { Moto } from "../moto";
import type { PolicyDocument } from "./policy";

/** The user agent of what the twin asks for itself: nobody would have called AWS for that. */
export const OWN = "stretch-twin-own";

/** The policies of a role, by its name. */
export async function policiesOfRole(moto: Moto, RoleName: string): Promise<PolicyDocument[]> {
  const iam = new IAMClient({ ...moto.client("us-east-1"), customUserAgent: OWN });
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  return Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return JSON.parse(decodeURIComponent(PolicyDocument!)) as PolicyDocument;
    }),
  );
}

/** The policies of an instance profile's role. */
export async function policiesOfProfile(moto: Moto, InstanceProfileName: string): Promise<PolicyDocument[]> {
  const iam = new IAMClient({ ...moto.client("us-east-1"), customUserAgent: OWN });
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  const all = await Promise.all(
    InstanceProfile!.Roles!.map(({ RoleName }) => policiesOfRole(moto, RoleName!)),
  );
  return all.flat();
}
