"""Who takes a role by SAML with boto3, with the refusals that belong to it: saml.py GROUP ACCOUNT.

The responses are files in the working folder, one of each kind; the role GROUP-saml trusts the provider GROUP-idp.
"""
import pathlib
import sys

import boto3
from botocore.config import Config

from play import play, refused, same

GROUP, ACCOUNT = sys.argv[1:3]
ONCE = Config(retries={"total_max_attempts": 1})
sts = boto3.client("sts", config=ONCE)


def take(file, role="saml", provider="idp", **more):
    return {"RoleArn": "arn:aws:iam::%s:role/%s-%s" % (ACCOUNT, GROUP, role),
            "PrincipalArn": "arn:aws:iam::%s:saml-provider/%s-%s" % (ACCOUNT, GROUP, provider),
            "SAMLAssertion": pathlib.Path(file).read_text(), **more}


def forged():
    for file in ["unsigned", "another", "audience", "wrapped"]:
        refused("InvalidIdentityToken", sts.assume_role_with_saml, **take(file))
    refused("InvalidIdentityToken", sts.assume_role_with_saml, **take("good", provider="none"))


def roles():
    refused("AccessDenied", sts.assume_role_with_saml, **take("joe"))
    refused("AccessDenied", sts.assume_role_with_saml, **take("unlisted"))
    refused("AccessDenied", sts.assume_role_with_saml, **take("good", role="none"))


def once():
    got = sts.assume_role_with_saml(**take("good"))
    same((got["Subject"], got["SubjectType"], got["AssumedRoleUser"]["Arn"]),
         ("jane", "persistent", "arn:aws:sts::%s:assumed-role/%s-saml/jane" % (ACCOUNT, GROUP)))
    refused("InvalidIdentityToken", sts.assume_role_with_saml, **take("good"))
    c = got["Credentials"]
    keys = {"aws_access_key_id": c["AccessKeyId"], "aws_secret_access_key": c["SecretAccessKey"], "aws_session_token": c["SessionToken"]}
    same(boto3.client("sts", config=ONCE, **keys).get_caller_identity()["Arn"], got["AssumedRoleUser"]["Arn"])
    s3 = boto3.client("s3", config=ONCE, **keys)
    same(s3.list_objects_v2(Bucket=GROUP + "-files")["KeyCount"], 0)
    refused("AccessDenied", s3.put_object, Bucket=GROUP + "-files", Key="x", Body=b"x")


def lives():
    refused("ValidationError", sts.assume_role_with_saml, **take("second", DurationSeconds=43200))
    sts.assume_role_with_saml(**take("second", DurationSeconds=900))


play({"forged": forged, "roles": roles, "once": once, "lives": lives})
