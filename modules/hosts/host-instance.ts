import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { Instance, type InstanceEbsBlockDevice } from "@cdktf/provider-aws/lib/instance";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import { amazonLinux2023, architectureOf } from "./amazon-linux";
import type { HostFiles } from "./host-files";
import type { ISubnet } from "../network/i-region-vpc";
import { addPrecondition } from "../stack/conditions";

export interface HostInstanceProps {
  readonly subnet: ISubnet;
  /** Fixed private address; AWS picks one if it is not given. */
  readonly privateIp?: string;
  readonly instanceType: string;
  /** Amazon Linux 2023 of the instance type's architecture if not given. */
  readonly ami?: string;
  readonly instanceProfile: IamInstanceProfile;
  readonly securityGroup: SecurityGroup;
  readonly files: HostFiles;
  /** Size of the root volume, GB. */
  readonly rootVolumeSize: number;
  /** Volumes beside the root volume. */
  readonly volumes?: readonly InstanceEbsBlockDevice[];
  readonly name: string;
}

/**
 * An instance as every host here is: IMDSv2 only, encrypted volumes, and never stopped or replaced by an unrelated
 * deploy: the "latest" image and the user data are read at creation only. To renew one on purpose:
 * `terraform apply -replace=ADDRESS`, one at a time.
 */
export class HostInstance extends Construct {
  readonly instance: Instance;

  constructor(scope: Construct, id: string, props: HostInstanceProps) {
    super(scope, id);
    const { subnet, files } = props;
    this.instance = new Instance(this, "instance", {
      provider: subnet.vpc.provider,
      ami: props.ami ?? amazonLinux2023(subnet.vpc, architectureOf(props.instanceType)),
      instanceType: props.instanceType,
      subnetId: subnet.id,
      privateIp: props.privateIp,
      vpcSecurityGroupIds: [props.securityGroup.id],
      iamInstanceProfile: props.instanceProfile.name,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeSize: props.rootVolumeSize,
        volumeType: "gp2",
        encrypted: true,
        deleteOnTermination: true,
      },
      ebsBlockDevice: props.volumes?.map((volume) => ({
        ...volume,
        encrypted: true,
        deleteOnTermination: true,
      })),
      userDataBase64: files.userDataBase64,
      lifecycle: { ignoreChanges: ["ami", "user_data", "user_data_base64"] },
      tags: { Name: props.name },
    });
    for (const condition of files.conditions) addPrecondition(this.instance, condition);
  }
}
