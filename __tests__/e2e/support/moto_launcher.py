"""Starts moto's server for the e2e tests: python3 moto_launcher.py PORT.

What is changed in moto, all so that it answers as AWS does:

* An instance whose address is fixed gets its security groups on its network interface; moto then leaves the
  instance's own list empty, and every plan shows a difference.
* A public SSM parameter ("the latest AMI") can get a new value while the server runs: the JSON file that
  MOTO_SSM_OVERRIDES names ({"/aws/service/...": "ami-1"}) is read at each request.
* DescribeNetworkAcls takes the filters that AWS has, each by any of its values.
* Requests are answered one at a time: moto's backends are not made for threads.
* Answers can be withheld, as from a caller that is killed while it waits, and calls forbidden: the JSON file that
  MOTO_BEHAVIOUR names ({"hold": "CreateNetworkAclEntry", "after": 2} answers two such calls, carries further ones out and
  never answers them; {"forbid": "GetParametersByPath", "region": "eu-west-3"}) is read at each request.
* A call that the SDK tries again after its answer was lost gets that answer. moto would carry it out a second time, and
  refuse it for what the first had done (NetworkAclEntryAlreadyExists; an error 500 for a replaced association, which
  the SDK repeats until the test's time is over). Such calls are logged.
* With MOTO_TWIN it is one half of a twin of AWS: moto_twin.py.

The server ends when its standard input closes, so none is left behind by a test run that was killed.
"""

import copy
import functools
import io
import json
import os
import sys
import threading
import time
from urllib.parse import parse_qs

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
# No folder of compiled files in the repository.
sys.dont_write_bytecode = True

import moto.server  # noqa: E402  (reads the environment when imported)
from moto.ec2.models.instances import Instance  # noqa: E402
from moto.ec2.models.network_acls import NetworkAclBackend  # noqa: E402
from moto.ssm.models import SimpleSystemManagerBackend  # noqa: E402
from werkzeug.test import run_wsgi_app  # noqa: E402


def with_groups_of_interface(init):
    @functools.wraps(init)
    def wrapped(self, *args, **kwargs):
        init(self, *args, **kwargs)
        if not self.security_groups and 0 in self.nics:
            # The interface's own list: its property group_set asks the instance back, without end.
            self.security_groups = list(self.nics[0]._group_set)

    return wrapped


ACL_FILTERS = {
    "network-acl-id": lambda acl: [acl.id],
    "association.network-acl-id": lambda acl: [acl.id] if acl._associations else [],
    "entry.rule-number": lambda acl: [str(entry.rule_number) for entry in acl.network_acl_entries],
}


def with_acl_filters(describe):
    @functools.wraps(describe)
    def wrapped(self, network_acl_ids=None, filters=None):
        filters = dict(filters or {})
        ours = {name: set(filters.pop(name)) for name in ACL_FILTERS if name in filters}
        return [
            acl
            for acl in describe(self, network_acl_ids, filters)
            if all(values.intersection(ACL_FILTERS[name](acl)) for name, values in ours.items())
        ]

    return wrapped


def with_overrides(get_parameter, path):
    @functools.wraps(get_parameter)
    def wrapped(self, name):
        parameter = get_parameter(self, name)
        try:
            with open(path, encoding="utf-8") as file:
                overrides = json.load(file)
        except FileNotFoundError:
            return parameter
        if parameter is None or parameter.name not in overrides:
            return parameter
        changed = copy.copy(parameter)
        changed.value = overrides[parameter.name]
        changed.version = int(parameter.version) + 1
        return changed

    return wrapped


def once_and_one_at_a_time(call):
    lock = threading.Lock()
    answers = {}

    @functools.wraps(call)
    def wrapped(self, environ, start_response):
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        with lock:
            answer = answers.get(invocation)
            if not environ.get("HTTP_AMZ_SDK_REQUEST", "attempt=1;").startswith("attempt=1;"):
                first = answer[1] if answer else "an error of the server, or nothing"
                print(f"Tried again: {invocation}, answered before with {first}", file=sys.stderr, flush=True)
            if answer is None:
                body, status, headers = run_wsgi_app(functools.partial(call, self), environ, buffered=True)
                answer = (list(body), status, list(headers))
                if invocation and status < "500":
                    answers[invocation] = answer
        body, status, headers = answer
        start_response(status, headers)
        return body

    return wrapped


def behaviour():
    try:
        with open(os.environ["MOTO_BEHAVIOUR"], encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, KeyError):
        return {}


def action_of(environ):
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.split(".")[-1]
    if "x-www-form-urlencoded" not in environ.get("CONTENT_TYPE", ""):
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode()).get("Action", [None])[0]


def as_told(call):
    lock = threading.Lock()
    answered = {}

    @functools.wraps(call)
    def wrapped(self, environ, start_response):
        told = behaviour()
        action = action_of(environ) if told else None
        if action and action == told.get("forbid") and f"/{told['region']}/" in environ["HTTP_AUTHORIZATION"]:
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
            message = f"User: mock is not authorized to perform: {action}"
            return [json.dumps({"__type": "AccessDeniedException", "message": message}).encode()]
        answer = call(self, environ, start_response)
        if action and action == told.get("hold"):
            with lock:
                count = answered[told["id"]] = answered.get(told["id"], 0) + 1
            if count > told["after"]:
                print(f"Held {told['id']}", file=sys.stderr, flush=True)
                while behaviour() == told:
                    time.sleep(0.1)
        return answer

    return wrapped


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


Instance.__init__ = with_groups_of_interface(Instance.__init__)
NetworkAclBackend.describe_network_acls = with_acl_filters(NetworkAclBackend.describe_network_acls)
if "MOTO_SSM_OVERRIDES" in os.environ:
    SimpleSystemManagerBackend.get_parameter = with_overrides(
        SimpleSystemManagerBackend.get_parameter, os.environ["MOTO_SSM_OVERRIDES"]
    )
answer = moto.server.DomainDispatcherApplication.__call__
if "MOTO_TWIN" in os.environ:
    import moto_twin

    answer = moto_twin.as_twin(answer)
moto.server.DomainDispatcherApplication.__call__ = as_told(once_and_one_at_a_time(answer))
threading.Thread(target=end_with_parent, daemon=True).start()
moto.server.main(["-H", "127.0.0.1", "-p", sys.argv[1]])
