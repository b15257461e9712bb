"""Who gives the pods of a cluster their roles with boto3, with the refusals that belong to it: associations.py GROUP ACCOUNT, as
the operator. The cluster GROUP and its roles are the story's; the files "token" and "other" hold tokens of a pod of "web/cart" and
of one that has no role."""
import pathlib
import sys

import boto3
from botocore.config import Config

from play import play, refused, refused_as, same

GROUP, ACCOUNT = sys.argv[1:3]
ARN = "arn:aws:iam::%s:role/%s-" % (ACCOUNT, GROUP)
ONCE = Config(retries={"total_max_attempts": 1})
eks, sts = boto3.client("eks", config=ONCE), boto3.client("sts", config=ONCE)
wrong = eks.exceptions
CART = {"clusterName": GROUP, "namespace": "web", "serviceAccount": "cart", "roleArn": ARN + "first"}
held = {}  # what one step leaves for the next


def using(service, role):
    c = sts.assume_role(RoleArn=ARN + role, RoleSessionName="story")["Credentials"]
    return boto3.client(service, aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"],
                        aws_session_token=c["SessionToken"], config=ONCE)


def make():
    made = eks.create_pod_identity_association(tags={"team": "web"}, **CART)["association"]
    held["one"] = {"clusterName": GROUP, "associationId": made["associationId"]}
    same((made["roleArn"], made["tags"], made["associationArn"].split(":")[2:5:2]), (ARN + "first", {"team": "web"}, ["eks", ACCOUNT]))
    refused_as(wrong.ResourceInUseException, "ResourceInUseException", eks.create_pod_identity_association, **CART)
    refused_as(wrong.InvalidRequestException, "InvalidRequestException", eks.create_pod_identity_association, **dict(CART, serviceAccount="other", targetRoleArn=ARN + "second"))
    refused_as(wrong.InvalidParameterException, "InvalidParameterException", eks.create_pod_identity_association, **dict(CART, serviceAccount="other", roleArn=ARN + "none"))
    refused_as(wrong.ResourceNotFoundException, "ResourceNotFoundException", eks.create_pod_identity_association, **dict(CART, clusterName=GROUP + "-none"))


def find():
    eks.create_pod_identity_association(**dict(CART, serviceAccount="till"))
    pages = eks.get_paginator("list_pod_identity_associations").paginate(clusterName=GROUP, PaginationConfig={"PageSize": 1})
    same(sorted(a["serviceAccount"] for page in pages for a in page["associations"]), ["cart", "till"])
    [found] = eks.list_pod_identity_associations(clusterName=GROUP, namespace="web", serviceAccount="cart")["associations"]
    same(found["associationId"], held["one"]["associationId"])
    same(eks.describe_pod_identity_association(**held["one"])["association"]["roleArn"], ARN + "first")


def pods():
    def ask(name):
        return {"clusterName": GROUP, "token": pathlib.Path(name).read_text()}

    agent = using("eks-auth", "agent")
    got = agent.assume_role_for_pod_identity(**ask("token"))
    same((got["subject"], got["podIdentityAssociation"]["associationId"]), ({"namespace": "web", "serviceAccount": "cart"}, held["one"]["associationId"]))
    c = got["credentials"]
    pod = boto3.client("sts", aws_access_key_id=c["accessKeyId"], aws_secret_access_key=c["secretAccessKey"], aws_session_token=c["sessionToken"], config=ONCE)
    same(pod.get_caller_identity()["Arn"].split("/")[1], GROUP + "-first")
    refused_as(agent.exceptions.AccessDeniedException, "AccessDeniedException", agent.assume_role_for_pod_identity, **ask("other"))
    bad = dict(ask("token"), token=ask("token")["token"][:-9] + "AAAAAAAAA")
    refused_as(agent.exceptions.InvalidTokenException, "InvalidTokenException", agent.assume_role_for_pod_identity, **bad)
    refused("AccessDeniedException", using("eks-auth", "clerk").assume_role_for_pod_identity, **ask("token"))


def change():
    now = eks.update_pod_identity_association(roleArn=ARN + "second", disableSessionTags=True, **held["one"])["association"]
    same((now["roleArn"], now["disableSessionTags"]), (ARN + "second", True))
    clerk = using("eks", "clerk")  # may do all with associations, and pass the first role alone
    same(clerk.update_pod_identity_association(roleArn=ARN + "first", **held["one"])["association"]["roleArn"], ARN + "first")
    text = refused("AccessDeniedException", clerk.update_pod_identity_association, roleArn=ARN + "second", **held["one"])
    same("is not authorized to perform: iam:PassRole on resource: %ssecond" % ARN in text, True)
    text = refused("AccessDeniedException", using("eks", "agent").delete_pod_identity_association, **held["one"])
    same("is not authorized to perform: eks:DeletePodIdentityAssociation" in text, True)


def away():
    same(eks.delete_pod_identity_association(**held["one"])["association"]["associationId"], held["one"]["associationId"])
    refused_as(wrong.ResourceNotFoundException, "ResourceNotFoundException", eks.describe_pod_identity_association, **held["one"])
    agent = using("eks-auth", "agent")
    refused("AccessDeniedException", agent.assume_role_for_pod_identity, clusterName=GROUP, token=pathlib.Path("token").read_text())


play({"make": make, "find": find, "pods": pods, "change": change, "away": away})
