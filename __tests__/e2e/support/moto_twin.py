"""What moto leaves out and a twin of AWS needs, in the process of moto's server (moto_launcher.py, where MOTO_TWIN is the URL of
the test's own server):

* Run Command is answered by the test, which carries it out.
* After each call of EC2 that may change something the test is told what networks and instances are now like, and the call
  is answered once it knows.
* A key of a user of IAM may do what the user's policies allow (moto_rights.py). Any other key is the account's own, and may all.
* Every call is written to the file that MOTO_CALLS names: a line of JSON with service, region, action, the rights that it takes,
  who called and why the call was refused.
"""

import functools
import io
import json
import os
import re
import sys
import traceback
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto_rights import Rights, refusal, refused

RUN_COMMAND = {
    "SendCommand",
    "GetCommandInvocation",
    "ListCommandInvocations",
    "ListCommands",
    "CancelCommand",
    "DescribeInstanceInformation",
}
UNCHANGING = re.compile("Describe|Get|List|Search")
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
# Bodies that are read for what they ask: not objects of S3.
ASKING = {"ec2", "scheduler", "ssm"}
USERS_KEY = "AKIA"


def network():
    """Networks and instances of all regions, but the VPC that each has by default."""
    found = {
        name: []
        for name in ("vpcs", "subnets", "acls", "tables", "groups", "peerings", "instances", "nats")
    }
    for region, backend in list(ec2_backends[DEFAULT_ACCOUNT_ID].items()):
        own = {id for id, vpc in backend.vpcs.items() if not vpc.is_default}
        found["vpcs"] += [
            {
                "id": vpc.id,
                "region": region,
                "blocks": [each["cidr_block"] for each in vpc.cidr_block_association_set],
            }
            for vpc in backend.vpcs.values()
            if vpc.id in own
        ]
        found["subnets"] += [
            {"id": subnet.id, "vpc": subnet.vpc_id, "block": subnet.cidr_block, "zone": subnet.availability_zone}
            for zone in backend.subnets.values()
            for subnet in zone.values()
            if subnet.vpc_id in own
        ]
        found["acls"] += [
            {
                "id": acl.id,
                "vpc": acl.vpc_id,
                "isDefault": str(acl.default).lower() == "true",
                "subnets": [each.subnet_id for each in acl.associations],
                "rules": [
                    {
                        "number": int(rule.rule_number),
                        "protocol": str(rule.protocol),
                        "allow": rule.rule_action == "allow",
                        "egress": str(rule.egress).lower() == "true",
                        "block": rule.cidr_block,
                        "from": rule.port_range_from,
                        "to": rule.port_range_to,
                    }
                    for rule in acl.network_acl_entries
                    if rule.cidr_block
                ],
            }
            for acl in backend.network_acls.values()
            if acl.vpc_id in own
        ]
        found["tables"] += [
            {
                "id": table.id,
                "vpc": table.vpc_id,
                "isMain": table.main_association_id is not None,
                "subnets": [each["SubnetId"] for each in table.associations if "SubnetId" in each],
                "routes": [
                    {
                        "block": route.destination_cidr_block,
                        "peering": route.vpc_pcx.id if route.vpc_pcx else None,
                        "nat": route.nat_gateway.id if route.nat_gateway else None,
                        "gateway": route.gateway.id if route.gateway else None,
                    }
                    for route in table.routes
                    if route.destination_cidr_block and not route.local
                ],
            }
            for table in backend.route_tables.values()
            if table.vpc_id in own
        ]
        found["groups"] += [
            {
                "id": group.id,
                "vpc": group.vpc_id,
                "isDefault": bool(group.is_default),
                "rules": [
                    {
                        "id": rule.id,
                        "egress": egress,
                        "protocol": rule.ip_protocol,
                        "from": rule.from_port,
                        "to": rule.to_port,
                        "block": rule.ip_range.get("CidrIp"),
                        "group": rule.source_group.get("GroupId"),
                        "list": rule.prefix_list_id,
                    }
                    for egress, rules in ((False, group.ingress_rules), (True, group.egress_rules))
                    for rule in rules
                ],
            }
            for groups in backend.groups.values()
            for group in groups.values()
            if group.vpc_id in own
        ]
        found["peerings"] += [
            {
                "id": peering.id,
                "ends": [peering.vpc.id, peering.peer_vpc.id],
                "accepted": peering._status.code == "active",
            }
            for peering in backend.vpc_pcxs.values()
            # Both regions know it.
            if peering.vpc.id in own
        ]
        found["nats"] += [
            {"id": nat.id, "subnet": nat.subnet_id}
            for nat in backend.nat_gateways.values()
            if nat.vpc_id in own
        ]
        found["instances"] += [
            {
                "id": instance.id,
                "region": region,
                "address": instance.private_ip,
                "subnet": instance.subnet_id,
                "groups": [group.id for group in instance.security_groups],
                "state": instance.state,
                "userData": instance.user_data and instance.user_data.as_bytes().decode(),
                "profile": profile_of(backend, instance.id),
            }
            for reservation in backend.reservations.values()
            for instance in reservation.instances
            if instance.subnet_id and backend.get_subnet(instance.subnet_id).vpc_id in own
        ]
    return found


def profile_of(backend, instance):
    association = backend.iam_instance_profile_associations.get(instance)
    return association.iam_instance_profile.name if association else None


def as_twin(call):
    door = urlsplit(os.environ["MOTO_TWIN"])
    log = open(os.environ["MOTO_CALLS"], "a", buffering=1, encoding="utf-8")  # noqa: SIM115 (as long as the server)

    def ask(path, what):
        connection = HTTPConnection(door.hostname, door.port, timeout=60)
        connection.request("POST", path, json.dumps(what), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"the twin answers {answer.status} to {path}: {body.decode()}")
        return json.loads(body)

    @functools.wraps(call)
    def wrapped(self, environ, start_response):
        credential = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        key, region, service = credential.groups() if credential else (None, None, None)
        if service is None:
            return call(self, environ, start_response)
        target = environ.get("HTTP_X_AMZ_TARGET")
        action = target.split(".")[-1] if target else None
        if action is None and "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
            action = parse_qs(body_of(environ).decode()).get("Action", [None])[0]
        named = action or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        body = body_of(environ).decode() if service in ASKING else ""
        asked = Rights(service, region, action, environ, body).asked()
        is_users = key.startswith(USERS_KEY)
        why = refusal(key, asked) if is_users else None
        line = {
            "service": service,
            "region": region,
            "action": named,
            "asked": [{"action": action, "resource": resource} for action, resource in asked],
            "agent": environ.get("HTTP_USER_AGENT", ""),
            "byUser": is_users,
            "refused": why,
        }
        log.write(json.dumps(line) + "\n")
        if why is not None:
            status, kind, text = refused(service, environ["REQUEST_METHOD"], why)
            start_response(status, [("Content-Type", kind)])
            return [text.encode()]
        if service == "ssm" and action in RUN_COMMAND:
            answer = ask("/moto/run-command", {"action": action, "region": region, "input": json.loads(body_of(environ))})
            start_response(answer["status"], [("Content-Type", "application/x-amz-json-1.1")])
            return [json.dumps(answer["body"]).encode()]
        answer = call(self, environ, start_response)
        if service == "ec2" and action and not UNCHANGING.match(action):
            try:
                ask("/moto/changed", network())
            except Exception:
                # Nothing is to be seen of a cloud that the twin does not follow.
                traceback.print_exc(file=sys.stderr)
                os._exit(70)
        return answer

    return wrapped


def body_of(environ):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body
