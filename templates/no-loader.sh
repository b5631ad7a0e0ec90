#!/bin/bash
# In place of the command stretch, on a host without a packageSpec.
cat >&2 <<'END'
This host has netcat for the messaging demo, and no loader. To get it:
  1. npm pack in the project's folder, then aws s3 cp cdktf-stretch-cluster-VERSION.tgz s3://BUCKET/
  2. packageSpec: "s3://BUCKET/cdktf-stretch-cluster-VERSION.tgz" in the ClientHost (of a scenario: in the context of cdktf.json);
     or NAME@VERSION, where you published it in a registry of yours (npmRegistry)
  3. renew this host: terraform apply -replace=ADDRESS
END
exit 1
