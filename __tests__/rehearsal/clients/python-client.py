"""What the recording of the Python client did, done again against a rehearsal node: prints one JSON object a step."""

import json
import sys

import aerospike
from aerospike import exception as ex

host, port = sys.argv[1].split(":")
client = aerospike.client({"hosts": [(host, int(port))], "policies": {"write": {"total_timeout": 10000}, "read": {"total_timeout": 10000}}}).connect()
article = {
    "freq": 98,
    "country_code": "GB",
    "logged_by": "London",
    "report": {"colour-scheme": "rgb", "date_mfg": "2024-08-14", "machine": "m1", "pixels": [1, 2, 3]},
}
durable = {"durable_delete": True}


def key(k):
    return ("mydata", "dummy", k)


def step(name, run):
    try:
        value = run()
        print(json.dumps({"step": name, "ok": True, "value": value}, default=str))
    except ex.AerospikeError as error:
        print(json.dumps({"step": name, "ok": False, "code": error.code}))


step("put", lambda: client.put(key(501), article))
step("get", lambda: client.get(key(501))[2])
step("exists", lambda: client.exists(key(501))[1]["gen"])
step("exists: missing", lambda: client.exists(key(502))[1])
step("put: key sent", lambda: client.put(key(503), {"a": 1}, policy={"key": aerospike.POLICY_KEY_SEND}))
step("put: float, bool, bytes", lambda: client.put(key(504), {"f": 1.5, "b": True, "y": bytearray(b"\x01\x02")}))
step("get: float, bool, bytes", lambda: {k: (list(v) if isinstance(v, (bytes, bytearray)) else v) for k, v in client.get(key(504))[2].items()})
step("increment", lambda: client.increment(key(501), "freq", 3))
step("append", lambda: client.append(key(501), "logged_by", "!"))
step("touch", lambda: client.touch(key(501), 100))
step("remove_bin", lambda: client.remove_bin(key(504), ["f"]))
step("select", lambda: client.select(key(501), ["freq"])[2])
step("batch_read", lambda: [record.result for record in client.batch_read([key(501), key(503), key(505)]).batch_records])
step("query results", lambda: len(client.query("mydata", "dummy").results()))
step("scan results", lambda: sorted(record[0][2] or 0 for record in client.scan("mydata", "dummy").results()))
step("info_all", lambda: len(client.info_all("cluster-stable:")))
step("remove, not durable", lambda: client.remove(key(501)))
step("remove", lambda: client.remove(key(501), policy=durable))
step("remove: missing", lambda: client.remove(key(501), policy=durable))
client.close()
