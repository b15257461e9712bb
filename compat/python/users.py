"""Who has IAM users with boto3, with the refusals that belong to it: users.py GROUP ACCOUNT, as the root of the account."""
import json
import os
import sys

import boto3

from play import play, refused, same

GROUP, ACCOUNT = sys.argv[1:3]
ANN, BOB, READERS, ROLE, BUCKET = [GROUP + "-" + name for name in ["ann", "bob", "readers", "role", "files"]]
ARN = "arn:aws:iam::%s:" % ACCOUNT
iam, s3 = boto3.client("iam"), boto3.client("s3")
held = {}  # what one step leaves for the next


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(Effect="Allow", **s) for s in statements]})


def key(user):
    return iam.create_access_key(UserName=user)["AccessKey"]


def by_environment(k):
    """A session of boto3 that finds a key, or temporary credentials, in the environment."""
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
    os.environ.update({name: k[field] for name, field in names.items() if field in k})
    found = boto3.Session()
    found.get_credentials()  # read once, here
    for name in names:
        os.environ.pop(name, None)
    same(found.get_credentials().method, "env")
    return found


def by_file(k):
    """One that finds it in a shared credentials file."""
    with open("credentials", "w") as file:
        file.write("[ann]\naws_access_key_id = %s\naws_secret_access_key = %s\n" % (k["AccessKeyId"], k["SecretAccessKey"]))
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.path.abspath("credentials")
    found = boto3.Session(profile_name="ann")
    same(found.get_credentials().method, "shared-credentials-file")
    del os.environ["AWS_SHARED_CREDENTIALS_FILE"]
    return found


def caller(session):
    return session.client("sts").get_caller_identity()["Arn"]


def assume(session):
    return by_environment(session.client("sts").assume_role(RoleArn=ARN + "role/" + ROLE, RoleSessionName="story")["Credentials"])


def listed(session):
    return [o["Key"] for o in session.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]


def gone(session):
    refused("InvalidClientTokenId", session.client("sts").get_caller_identity)
    code = "InvalidToken" if session.get_credentials().token else "InvalidAccessKeyId"  # S3's own words for a session and for a key
    refused(code, session.client("s3").list_objects_v2, Bucket=BUCKET)


def make():
    same(iam.create_user(UserName=ANN)["User"]["Arn"], ARN + "user/" + ANN)
    iam.create_user(UserName=BOB)
    iam.create_group(GroupName=READERS)
    iam.put_group_policy(GroupName=READERS, PolicyName="list", PolicyDocument=document({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::" + BUCKET}))
    iam.add_user_to_group(GroupName=READERS, UserName=ANN)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document({"Principal": {"AWS": ARN + "user/" + ANN}, "Action": "sts:AssumeRole"}))
    iam.put_role_policy(RoleName=ROLE, PolicyName="read", PolicyDocument=document({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/*" % BUCKET}))
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="shared", Body=b"for the role")
    held["key"] = key(ANN)
    refused("EntityAlreadyExists", iam.create_user, UserName=ANN.upper())
    refused("DeleteConflict", iam.delete_user, UserName=ANN)


def act():
    for ann in by_file(held["key"]), by_environment(held["key"]):
        same((caller(ann), listed(ann)), (ARN + "user/" + ANN, ["shared"]))
        refused("AccessDenied", ann.client("s3").get_object, Bucket=BUCKET, Key="shared")
        role = assume(ann)
        same(caller(role), "arn:aws:sts::%s:assumed-role/%s/story" % (ACCOUNT, ROLE))
        same(role.client("s3").get_object(Bucket=BUCKET, Key="shared")["Body"].read(), b"for the role")
        own = by_environment(ann.client("sts").get_session_token()["Credentials"])
        same((caller(own), listed(own)), (ARN + "user/" + ANN, ["shared"]))
        refused("AccessDenied", own.client("iam").get_user)


def without():
    bob = by_environment(key(BOB))
    who = "User: %suser/%s is not authorized to perform: " % (ARN, BOB)
    text = refused("AccessDenied", bob.client("iam").get_user, UserName=ANN)
    same(text.startswith("%siam:GetUser on resource: %suser/%s" % (who, ARN, ANN)), True)
    text = refused("AccessDenied", bob.client("s3").list_objects_v2, Bucket=BUCKET)
    same(text.startswith('%ss3:ListBucket on resource: "arn:aws:s3:::%s"' % (who, BUCKET)), True)
    text = refused("AccessDenied", bob.client("sts").assume_role, RoleArn=ARN + "role/" + ROLE, RoleSessionName="story")
    same(text.startswith("%ssts:AssumeRole on resource: %srole/%s" % (who, ARN, ROLE)), True)


def inactive():
    ann = by_file(held["key"])
    role = assume(ann)
    named = {"UserName": ANN, "AccessKeyId": held["key"]["AccessKeyId"]}
    iam.update_access_key(Status="Inactive", **named)
    gone(ann)
    gone(role)
    iam.update_access_key(Status="Active", **named)
    same(caller(ann), ARN + "user/" + ANN)
    gone(role)  # for good


def deleted():
    ann = by_file(held["key"])
    role = assume(ann)
    iam.delete_access_key(UserName=ANN, AccessKeyId=held["key"]["AccessKeyId"])
    gone(ann)
    gone(role)


def another():
    k = key(ANN)
    ann = by_environment(k)
    role = assume(ann)
    iam.remove_user_from_group(GroupName=READERS, UserName=ANN)
    iam.delete_access_key(UserName=ANN, AccessKeyId=k["AccessKeyId"])
    iam.delete_user(UserName=ANN)
    iam.create_user(UserName=ANN)
    new = by_environment(key(ANN))
    same(caller(new), ARN + "user/" + ANN)
    refused("AccessDenied", new.client("s3").list_objects_v2, Bucket=BUCKET)
    refused("AccessDenied", new.client("sts").assume_role, RoleArn=ARN + "role/" + ROLE, RoleSessionName="story")
    gone(ann)
    gone(role)


play({"make": make, "act": act, "without": without, "inactive": inactive, "deleted": deleted, "another": another})
