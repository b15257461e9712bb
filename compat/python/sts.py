"""Who uses STS with boto3, with the refusals that belong to it: sts.py operator|root GROUP ACCOUNT [TOKEN_FILE].

The caller's own credentials come from the environment. What there is in the account is the story's: roles GROUP-first and
GROUP-second, a bucket GROUP-files, a policy GROUP-open for what is below "open/", and the role GROUP-role for web identities.
"""
import json
import re
import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from play import play, refused, same

WHO, GROUP, ACCOUNT = sys.argv[1:4]
ONCE = Config(retries={"total_max_attempts": 1})
sts = boto3.client("sts", config=ONCE)
arn = {name: "arn:aws:iam::%s:role/%s-%s" % (ACCOUNT, GROUP, name) for name in ["first", "second", "role", "none"]}
OPEN = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s-files/open/*" % GROUP}})


def using(service, answer):
    c = answer["Credentials"]
    return boto3.client(service, aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"],
                        aws_session_token=c["SessionToken"], config=ONCE)


def caller(answer):
    return using("sts", answer).get_caller_identity()["Arn"]


def first(**more):
    return sts.assume_role(RoleArn=arn["first"], RoleSessionName="one", **more)


def session_arn(role, name):
    return "arn:aws:sts::%s:assumed-role/%s-%s/%s" % (ACCOUNT, GROUP, role, name)


def assume():
    got = first(Tags=[{"Key": "team", "Value": "a"}], TransitiveTagKeys=["team"], SourceIdentity="ann", DurationSeconds=900)
    same((got["AssumedRoleUser"]["Arn"], got["SourceIdentity"]), (session_arn("first", "one"), "ann"))
    same(caller(got), session_arn("first", "one"))
    refused("AccessDenied", sts.assume_role, RoleArn=arn["none"], RoleSessionName="one")
    refused("ValidationError", first, DurationSeconds=43200)
    refused("AccessDenied", first, Tags=[{"Key": "grade", "Value": "high"}])


def chain():
    held = using("sts", first(Tags=[{"Key": "team", "Value": "a"}], TransitiveTagKeys=["team"], SourceIdentity="ann"))
    two = {"RoleArn": arn["second"], "RoleSessionName": "two"}
    same(caller(held.assume_role(ExternalId="deal", **two)), session_arn("second", "two"))
    refused("AccessDenied", held.assume_role, **two)
    refused("AccessDenied", held.assume_role, ExternalId="deals", **two)
    refused("ValidationError", held.assume_role, ExternalId="deal", SourceIdentity="bob", **two)
    refused("ValidationError", held.assume_role, ExternalId="deal", Tags=[{"Key": "Team", "Value": "b"}], **two)
    refused("ValidationError", held.assume_role, ExternalId="deal", DurationSeconds=3601, **two)
    refused("AccessDenied", using("sts", first()).assume_role, ExternalId="deal", **two)
    refused("AccessDenied", held.get_session_token)
    refused("AccessDenied", held.get_federation_token, Name="guest", Policy=OPEN)


def limits():
    whole = using("s3", first())
    for key in ["open/x", "closed/x"]:
        whole.put_object(Bucket=GROUP + "-files", Key=key, Body=b"x")
    for limit in [{"Policy": OPEN}, {"PolicyArns": [{"arn": "arn:aws:iam::%s:policy/%s-open" % (ACCOUNT, GROUP)}]}]:
        got = first(**limit)
        same(got["PackedPolicySize"] > 0, True)
        reads_what_is_open(got)
    refused("MalformedPolicyDocument", first, Policy='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}')


def reads_what_is_open(answer):
    s3 = using("s3", answer)
    same(s3.get_object(Bucket=GROUP + "-files", Key="open/x")["Body"].read(), b"x")
    refused("AccessDenied", s3.get_object, Bucket=GROUP + "-files", Key="closed/x")


def keys():
    held = first()
    same(sts.get_access_key_info(AccessKeyId=held["Credentials"]["AccessKeyId"])["Account"], ACCOUNT)
    refused("ValidationError", sts.get_access_key_info, AccessKeyId="ASIAAAAAAAAAAAAAAAAA")


def decode():
    text = refused("AccessDenied", using("sts", first()).assume_role, RoleArn=arn["second"], RoleSessionName="two")
    told = json.loads(sts.decode_authorization_message(EncodedMessage=re.search(r"failure message: (\S+)", text)[1])["DecodedMessage"])
    same((told["allowed"], told["context"]["action"]), (False, "sts:AssumeRole"))
    refused("InvalidAuthorizationMessageException", sts.decode_authorization_message, EncodedMessage="x" * 40)


def outbound():
    held = using("sts", first())
    token = held.get_web_identity_token(Audience=["https://elsewhere.example"], SigningAlgorithm="RS256", DurationSeconds=60)["WebIdentityToken"]
    same(token.count("."), 2)
    anybody = boto3.client("sts", config=ONCE.merge(Config(signature_version=UNSIGNED)))
    refused("InvalidIdentityToken", anybody.assume_role_with_web_identity, RoleArn=arn["role"], RoleSessionName="two", WebIdentityToken=token)
    short = using("sts", first(DurationSeconds=900))
    refused("SessionDurationEscalationException", short.get_web_identity_token, Audience=["https://elsewhere.example"], SigningAlgorithm="RS256", DurationSeconds=3600)


def web():
    with open(sys.argv[4]) as file:
        token = file.read()
    anybody = boto3.client("sts", config=ONCE.merge(Config(signature_version=UNSIGNED)))
    got = anybody.assume_role_with_web_identity(RoleArn=arn["role"], RoleSessionName="web", WebIdentityToken=token, Policy=OPEN)
    same((caller(got), got["Audience"]), (session_arn("role", "web"), "api://" + GROUP))
    reads_what_is_open(got)
    refused("AccessDenied", anybody.assume_role_with_web_identity, RoleArn=arn["first"], RoleSessionName="web", WebIdentityToken=token)
    refused("InvalidIdentityToken", anybody.assume_role_with_web_identity, RoleArn=arn["role"], RoleSessionName="web", WebIdentityToken=token[:-9] + "AAAAAAAAA")


def root():
    got = sts.get_session_token(DurationSeconds=900)
    same(caller(got), "arn:aws:iam::%s:root" % ACCOUNT)
    refused("AccessDenied", using("iam", got).list_roles)


def guest():
    got = sts.get_federation_token(Name="guest", Policy=OPEN, DurationSeconds=900)
    same(got["FederatedUser"]["Arn"], "arn:aws:sts::%s:federated-user/guest" % ACCOUNT)
    same(caller(got), got["FederatedUser"]["Arn"])
    reads_what_is_open(got)
    refused("AccessDenied", using("iam", got).list_roles)
    refused("AccessDenied", using("sts", got).assume_role, RoleArn=arn["first"], RoleSessionName="two")


play({"root": root, "guest": guest} if WHO == "root" else {
    "assume": assume, "chain": chain, "limits": limits, "keys": keys, "decode": decode, "outbound": outbound, "web": web})
