"""Which rights a call of AWS takes, and whether a user of moto's IAM has them (moto_twin.py).

moto itself holds calls against policies (INITIAL_NO_AUTH_ACTION_COUNT), but knows no resource outside S3, so that a policy
with resources allows nothing, has its own names for some actions of S3, never asks for iam:PassRole or for the right to tag,
and refuses the keys of everybody else too. So here the rights are named, and moto's IAM is asked for the user's policies and
what these say. Signatures are not looked at.
"""

import json
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, IAMUserAccessKey, PermissionResult

# Services as policies name them, where signatures have another name.
PREFIXES = {"monitoring": "cloudwatch"}

# Of a bucket, by method and the query's word for a part of it (with none: its objects).
BUCKET = {
    ("GET", ""): "ListBucket",
    ("HEAD", ""): "ListBucket",
    ("GET", "accelerate"): "GetAccelerateConfiguration",
    ("GET", "acl"): "GetBucketAcl",
    ("GET", "cors"): "GetBucketCORS",
    ("GET", "encryption"): "GetEncryptionConfiguration",
    ("GET", "lifecycle"): "GetLifecycleConfiguration",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "logging"): "GetBucketLogging",
    ("GET", "object-lock"): "GetBucketObjectLockConfiguration",
    ("GET", "policy"): "GetBucketPolicy",
    ("GET", "publicAccessBlock"): "GetBucketPublicAccessBlock",
    ("GET", "replication"): "GetReplicationConfiguration",
    ("GET", "requestPayment"): "GetBucketRequestPayment",
    ("GET", "tagging"): "GetBucketTagging",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "website"): "GetBucketWebsite",
}
# Of an object; its parts by their numbers are the object.
OBJECT = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
# Words of a bucket's query that say how its objects are listed, and of which call of the SDK it is.
LISTING = {"list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "x-id"}

# Of the scheduler, by method and how many parts its path has.
SCHEDULER = {
    "schedules": {
        ("GET", 1): "ListSchedules",
        ("GET", 2): "GetSchedule",
        ("POST", 2): "CreateSchedule",
        ("PUT", 2): "UpdateSchedule",
        ("DELETE", 2): "DeleteSchedule",
    },
    "schedule-groups": {
        ("GET", 1): "ListScheduleGroups",
        ("GET", 2): "GetScheduleGroup",
        ("POST", 2): "CreateScheduleGroup",
        ("DELETE", 2): "DeleteScheduleGroup",
    },
    "tags": {("GET", 2): "ListTagsForResource", ("POST", 2): "TagResource", ("DELETE", 2): "UntagResource"},
}


class Rights:
    """What a call takes: (action, resource) one by one, "*" where the resource is not told here."""

    def __init__(self, service, region, action, environ, body):
        self.service = service
        self.region = region
        self.action = action
        self.method = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"]
        self.query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        self.body = body

    def asked(self):
        if self.service == "s3":
            return self.of_s3()
        if self.service == "scheduler":
            return self.of_scheduler()
        action = f"{PREFIXES.get(self.service, self.service)}:{self.action or f'{self.method} {self.path}'}"
        if self.service == "ssm":
            return self.of_ssm(action)
        asked = [(action, "*")]
        if self.service == "ec2" and "TagSpecification." in self.body:
            asked.append(("ec2:CreateTags", "*"))
        return asked

    def of_s3(self):
        _, bucket, *key = self.path.split("/", 2)
        if key and key[0]:
            plain = not set(self.query) & {"acl", "tagging", "retention", "legal-hold", "versionId"}
            name = OBJECT.get(self.method) if plain else None
            # What begins and ends an upload in parts.
            if self.method == "POST" and set(self.query) & {"uploads", "uploadId"}:
                name = "PutObject"
        else:
            part = "".join(word for word in self.query if word not in LISTING)
            name = BUCKET.get((self.method, part))
        name = name or f"{self.method} {self.path}?{'&'.join(self.query)}"
        return [(f"s3:{name}", f"arn:aws:s3:::{bucket}{'/' + key[0] if key and key[0] else ''}")]

    def of_scheduler(self):
        parts = [unquote(part) for part in self.path.strip("/").split("/", 1)]
        what, *of = parts
        name = SCHEDULER.get(what, {}).get((self.method, len(parts)), f"{self.method} {self.path}")
        given = json.loads(self.body) if self.body else {}
        arn = f"arn:aws:scheduler:{self.region}:{ACCOUNT}:"
        if not of:
            resource = "*"
        elif what == "tags":
            resource = of[0]
        elif what == "schedule-groups":
            resource = f"{arn}schedule-group/{of[0]}"
        else:
            group = given.get("GroupName") or self.query.get("groupName", ["default"])[0]
            resource = f"{arn}schedule/{group}/{of[0]}"
        role = given.get("Target", {}).get("RoleArn")
        return [(f"scheduler:{name}", resource), *([("iam:PassRole", role)] if role else [])]

    def of_ssm(self, action):
        given = json.loads(self.body or "{}")
        arn = f"arn:aws:ssm:{self.region}:{ACCOUNT}:"
        if self.action == "SendCommand":
            # AWS's own documents are of no account.
            document = f"arn:aws:ssm:{self.region}::document/{given.get('DocumentName')}"
            hosts = [f"arn:aws:ec2:{self.region}:{ACCOUNT}:instance/{id}" for id in given.get("InstanceIds", [])]
            return [(action, each) for each in [document, *hosts]]
        names = [given.get("Name"), given.get("Path"), given.get("ResourceId"), *(given.get("Names") or [])]
        told = [f"{arn}parameter/{name.lstrip('/')}" for name in names if name]
        asked = [(action, each) for each in told or ["*"]]
        if given.get("Tags"):
            asked += [("ssm:AddTagsToResource", each) for each in told]
        return asked


def refusal(key, asked):
    """Why the user whose key it is may not do all that is asked; None: they may."""
    try:
        user = IAMUserAccessKey(ACCOUNT, "aws", key, {})
    except CreateAccessKeyFailure:
        return "The security token included in the request is invalid."
    policies = [IAMPolicy(policy) for policy in user.collect_policies()]
    for action, resource in asked:
        # Everybody may ask who they are.
        if action == "sts:GetCallerIdentity":
            continue
        # Roles are passed to the scheduler here, and to nobody else.
        context = {"iam:PassedToService": "scheduler.amazonaws.com"} if action == "iam:PassRole" else None
        said = [policy.is_action_permitted(action, resource, None, context) for policy in policies]
        if PermissionResult.DENIED in said or PermissionResult.PERMITTED not in said:
            about = "" if resource == "*" else f" on resource: {resource}"
            return f"User: {user.arn} is not authorized to perform: {action}{about} because no identity-based policy allows the {action} action"
    return None


def refused(service, method, why):
    """The answer of a service to who may not: its status, type and body."""
    text = escape(why)
    if service == "ec2":
        code = "UnauthorizedOperation"
        text = f"You are not authorized to perform this operation. {text}"
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors><RequestID>1</RequestID></Response>"
        return "403 Forbidden", "text/xml", body
    if service == "s3":
        body = f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>"
        return "403 Forbidden", "application/xml", "" if method == "HEAD" else body
    if service in ("iam", "sts"):
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{text}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        return "403 Forbidden", "text/xml", body
    body = json.dumps({"__type": "AccessDeniedException", "message": why, "Message": why})
    return "400 Bad Request", "application/x-amz-json-1.1", body
