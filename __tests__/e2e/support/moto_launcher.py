"""Starts moto's server for the e2e tests: python3 moto_launcher.py PORT.

What is changed in moto, all so that it answers as AWS does:

* An instance whose address is fixed gets its security groups on its network interface; moto then leaves the
  instance's own list empty, and every plan shows a difference.
* A public SSM parameter ("the latest AMI") can get a new value while the server runs: the JSON file that
  MOTO_SSM_OVERRIDES names ({"/aws/service/...": "ami-1"}) is read at each request.
* Requests are answered one at a time: moto's backends are not made for threads.
* A call that the SDK tries again after its answer was lost gets that answer. moto would carry it out a second time, and
  refuse it for what the first had done (NetworkAclEntryAlreadyExists; an error 500 for a replaced association, which
  the SDK repeats until the test's time is over). Such calls are logged.

The server ends when its standard input closes, so none is left behind by a test run that was killed.
"""

import copy
import functools
import json
import os
import sys
import threading

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

import moto.server  # noqa: E402  (reads the environment when imported)
from moto.ec2.models.instances import Instance  # noqa: E402
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


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


Instance.__init__ = with_groups_of_interface(Instance.__init__)
if "MOTO_SSM_OVERRIDES" in os.environ:
    SimpleSystemManagerBackend.get_parameter = with_overrides(
        SimpleSystemManagerBackend.get_parameter, os.environ["MOTO_SSM_OVERRIDES"]
    )
moto.server.DomainDispatcherApplication.__call__ = once_and_one_at_a_time(
    moto.server.DomainDispatcherApplication.__call__
)
threading.Thread(target=end_with_parent, daemon=True).start()
moto.server.main(["-H", "127.0.0.1", "-p", sys.argv[1]])
