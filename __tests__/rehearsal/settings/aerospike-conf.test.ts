import { RefusedError } from "../../../rehearsal/errors";
import { parseConf } from "../../../rehearsal/settings/aerospike-conf";

const CONF = `
# A comment with a { brace
service {
	proto-fd-max 15000 # and one behind a value
	cluster-name a-b.c_d
}

logging {
	file /var/log/aerospike/aerospike.log {
		context any info
	}
}

network {
	service {
		port 3000
		alternate-access-address @PUBLIC_IPV4@
	}
	heartbeat {
		mesh-seed-address-port 172.32.15.231 3002
		mesh-seed-address-port 172.32.4.2 3002
		interval 150
	}
}

security {
	log {
		report-violation true
	}
}

namespace mydata {
	replication-factor 2
	max-record-size 128K
	storage-engine memory {
		file /opt/aerospike/ns1.dat
		file /opt/aerospike/ns2.dat
		filesize 1G
	}
}
namespace other {
	index-stage-size 128M
	storage-engine device {
		device /dev/sdf
	}
}
`;

describe("an aerospike.conf", () => {
  const conf = parseConf(CONF, "aerospike.conf");

  test("gives its settings by context, as get-config names them: comments and logging left out, sizes in bytes", () => {
    expect(conf.service).toEqual([
      ["proto-fd-max", "15000"],
      ["cluster-name", "a-b.c_d"],
    ]);
    expect(conf.security).toEqual([["log.report-violation", "true"]]);
    expect(conf.namespaces.get("mydata")).toEqual([
      ["replication-factor", "2"],
      ["max-record-size", "131072"],
      ["storage-engine", "memory"],
      ["storage-engine.file[0]", "/opt/aerospike/ns1.dat"],
      ["storage-engine.file[1]", "/opt/aerospike/ns2.dat"],
      ["storage-engine.filesize", "1073741824"],
    ]);
    expect(conf.namespaces.get("other")).toEqual([
      ["index-stage-size", "134217728"],
      ["storage-engine", "device"],
      ["storage-engine.device[0]", "/dev/sdf"],
    ]);
  });

  test("may say a thing several times, as the recorded server's seeds; what only a boot knows is left out", () => {
    expect(conf.network).toEqual([
      ["service.port", "3000"],
      ["heartbeat.mesh-seed-address-port", "172.32.15.231:3002"],
      ["heartbeat.mesh-seed-address-port", "172.32.4.2:3002"],
      ["heartbeat.interval", "150"],
    ]);
  });

  test("is read the same with the line ends of Windows", () => {
    expect(parseConf(CONF.replaceAll("\n", "\r\n"), "aerospike.conf")).toEqual(conf);
  });

  test.each([
    ["port 3000", 'x, line 1: "port 3000" is not understood: expected a context in braces'],
    ["service {\nlonely\n}", 'x, line 2: "lonely" is not understood'],
    ["service {\n}\n}", 'x, line 3: "}" is not understood: expected no closing brace'],
    ["namespace a {\nstorage-engine memory {\n}", 'x ends within "namespace {": expected its closing brace.'],
  ])("fails on %j, and names the line", (text, message) => {
    expect(() => parseConf(text, "x")).toThrow(RefusedError);
    expect(() => parseConf(text, "x")).toThrow(message);
  });
});
