"""Who keeps roles, policies and OIDC providers with boto3, with the refusals that belong to it: roles.py GROUP ACCOUNT, as the
operator. All that there is, the play makes and takes away again."""
import json
import sys

import boto3
from botocore.config import Config

from play import play, refused, refused_as, same

GROUP, ACCOUNT = sys.argv[1:3]
ARN = "arn:aws:iam::%s:" % ACCOUNT
ROLE, POLICY, PROVIDER = GROUP + "-app", ARN + "policy/" + GROUP + "-read", ARN + "oidc-provider/" + GROUP + ".ci.example/jobs"
ONCE = Config(retries={"total_max_attempts": 1})
iam, sts = boto3.client("iam", config=ONCE), boto3.client("sts", config=ONCE)
wrong = iam.exceptions
ROOT, GET, BOOK = ARN + "root", "s3:GetObject", "arn:aws:s3:::%s-files/a+b book" % GROUP


def document(action, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict({"Effect": "Allow", "Action": action}, **more)]})


def trust(**principal):
    return document("sts:AssumeRole", Principal=principal)


READ = document(GET, Resource=BOOK)


def make():
    made = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust(Service="lambda.amazonaws.com"), Description="first", MaxSessionDuration=7200)["Role"]
    same((made["Arn"], made["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]), (ARN + "role/" + ROLE, {"Service": "lambda.amazonaws.com"}))
    refused_as(wrong.EntityAlreadyExistsException, "EntityAlreadyExists", iam.create_role, RoleName=ROLE.upper(), AssumeRolePolicyDocument=trust(AWS=ROOT))
    iam.update_role(RoleName=ROLE, Description="second", MaxSessionDuration=3600)
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust(AWS=ROOT))
    got = iam.get_role(RoleName=ROLE)["Role"]
    same((got["RoleId"], got["Description"], got["MaxSessionDuration"]), (made["RoleId"], "second", 3600))
    same(got["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"AWS": ROOT})
    refused_as(wrong.MalformedPolicyDocumentException, "MalformedPolicyDocument", iam.update_assume_role_policy, RoleName=ROLE, PolicyDocument=trust(AWS=ARN + "role/nobody"))
    pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
    same(ROLE in [r["RoleName"] for page in pages for r in page["Roles"]], True)


def tags():
    iam.tag_role(RoleName=ROLE, Tags=[{"Key": "team", "Value": "web"}, {"Key": "cost", "Value": "1"}])
    iam.tag_role(RoleName=ROLE, Tags=[{"Key": "team", "Value": "shop"}])
    iam.untag_role(RoleName=ROLE, TagKeys=["cost"])
    same(iam.list_role_tags(RoleName=ROLE)["Tags"], [{"Key": "team", "Value": "shop"}])
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.tag_role, RoleName=GROUP + "-none", Tags=[{"Key": "a", "Value": "b"}])


def inline():
    iam.put_role_policy(RoleName=ROLE, PolicyName="look", PolicyDocument=document(["iam:GetRole", "iam:PutRolePolicy"], Resource="*"))
    iam.put_role_policy(RoleName=ROLE, PolicyName="read", PolicyDocument=READ)
    same(iam.get_role_policy(RoleName=ROLE, PolicyName="read")["PolicyDocument"], json.loads(READ))
    same(iam.list_role_policies(RoleName=ROLE)["PolicyNames"], ["look", "read"])
    iam.delete_role_policy(RoleName=ROLE, PolicyName="read")
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.get_role_policy, RoleName=ROLE, PolicyName="read")
    refused_as(wrong.MalformedPolicyDocumentException, "MalformedPolicyDocument", iam.put_role_policy, RoleName=ROLE, PolicyName="bad", PolicyDocument="{")


def managed():
    made = iam.create_policy(PolicyName=GROUP + "-read", PolicyDocument=READ, Tags=[{"Key": "a", "Value": "b"}])["Policy"]
    same((made["Arn"], made["DefaultVersionId"]), (POLICY, "v1"))
    refused_as(wrong.EntityAlreadyExistsException, "EntityAlreadyExists", iam.create_policy, PolicyName=GROUP + "-read", PolicyDocument=READ)
    iam.create_policy_version(PolicyArn=POLICY, PolicyDocument=document("s3:*", Resource="*"))
    iam.set_default_policy_version(PolicyArn=POLICY, VersionId="v2")
    same(iam.get_policy_version(PolicyArn=POLICY, VersionId="v1")["PolicyVersion"]["Document"], json.loads(READ))
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_policy_version, PolicyArn=POLICY, VersionId="v2")
    iam.set_default_policy_version(PolicyArn=POLICY, VersionId="v1")
    same([(v["VersionId"], v["IsDefaultVersion"]) for v in iam.list_policy_versions(PolicyArn=POLICY)["Versions"]], [("v2", False), ("v1", True)])
    iam.tag_policy(PolicyArn=POLICY, Tags=[{"Key": "team", "Value": "shop"}])
    iam.untag_policy(PolicyArn=POLICY, TagKeys=["a"])
    same(iam.list_policy_tags(PolicyArn=POLICY)["Tags"], [{"Key": "team", "Value": "shop"}])
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=POLICY)
    same([p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]], [POLICY])
    same([r["RoleName"] for r in iam.list_entities_for_policy(PolicyArn=POLICY)["PolicyRoles"]], [ROLE])
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_policy, PolicyArn=POLICY)


def decisions(do, **named):
    return [(r["EvalActionName"], r["EvalDecision"]) for r in do(ActionNames=[GET, "s3:PutObject"], ResourceArns=[BOOK], **named)["EvaluationResults"]]


def simulate():
    mine = {"PolicySourceArn": ARN + "role/" + ROLE}
    same(decisions(iam.simulate_principal_policy, **mine), [(GET, "allowed"), ("s3:PutObject", "implicitDeny")])
    iam.create_policy(PolicyName=GROUP + "-bound", PolicyDocument=document(["iam:*", "s3:PutObject"], Resource="*"))
    iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=ARN + "policy/" + GROUP + "-bound")
    same(iam.get_role(RoleName=ROLE)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"], ARN + "policy/" + GROUP + "-bound")
    got = iam.simulate_principal_policy(ActionNames=[GET], ResourceArns=[BOOK], **mine)["EvaluationResults"][0]
    same((got["EvalDecision"], got["PermissionsBoundaryDecisionDetail"]), ("implicitDeny", {"AllowedByPermissionsBoundary": False}))
    iam.delete_role_permissions_boundary(RoleName=ROLE)
    same(decisions(iam.simulate_custom_policy, PolicyInputList=[READ, document("s3:PutObject", Resource="*", Effect="Deny")]), [(GET, "allowed"), ("s3:PutObject", "explicitDeny")])
    tagged = document(GET, Resource="*", Condition={"StringEquals": {"aws:PrincipalTag/team": "shop"}})
    same(iam.get_context_keys_for_custom_policy(PolicyInputList=[tagged])["ContextKeyNames"], ["aws:PrincipalTag/team"])
    entry = {"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyType": "string", "ContextKeyValues": ["shop"]}
    same(decisions(iam.simulate_custom_policy, PolicyInputList=[tagged], ContextEntries=[entry])[0], (GET, "allowed"))
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.simulate_principal_policy, PolicySourceArn=ARN + "role/" + GROUP + "-none", ActionNames=[GET])
    refused_as(wrong.InvalidInputException, "InvalidInput", iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=[GET])


def providers():
    def shown():
        got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
        return got["ClientIDList"], got["ThumbprintList"], got["Tags"]

    url = "https://%s.ci.example/jobs" % GROUP
    same(iam.create_open_id_connect_provider(Url=url, ClientIDList=["one"], ThumbprintList=["0f" * 20])["OpenIDConnectProviderArn"], PROVIDER)
    refused_as(wrong.EntityAlreadyExistsException, "EntityAlreadyExists", iam.create_open_id_connect_provider, Url=url)
    refused_as(wrong.InvalidInputException, "InvalidInput", iam.create_open_id_connect_provider, Url="http://ci.example/plain")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, ClientID="two")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, ClientID="one")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=PROVIDER, ThumbprintList=["a0" * 20])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, Tags=[{"Key": "a", "Value": "b"}])
    same(shown(), (["two"], ["a0" * 20], [{"Key": "a", "Value": "b"}]))
    same(PROVIDER in [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]], True)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.get_open_id_connect_provider, OpenIDConnectProviderArn=PROVIDER)


def little():
    c = sts.assume_role(RoleArn=ARN + "role/" + ROLE, RoleSessionName="story")["Credentials"]
    held = boto3.client("iam", aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"], config=ONCE)
    same(held.get_role(RoleName=ROLE)["Role"]["RoleName"], ROLE)
    text = refused("AccessDenied", held.create_role, RoleName=GROUP + "-more", AssumeRolePolicyDocument=trust(AWS=ROOT))
    same("/%s/story is not authorized to perform: iam:CreateRole on resource: %srole/%s-more" % (ROLE, ARN, GROUP) in text, True)
    refused("AccessDenied", held.put_role_policy, RoleName=ROLE, PolicyName="all", PolicyDocument=document("*", Resource="*"))
    refused("AccessDenied", held.simulate_principal_policy, PolicySourceArn=ARN + "role/" + ROLE, ActionNames=[GET])
    refused("AccessDenied", held.delete_role, RoleName=ROLE)


def away():
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_role, RoleName=ROLE)
    iam.detach_role_policy(RoleName=ROLE, PolicyArn=POLICY)
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.detach_role_policy, RoleName=ROLE, PolicyArn=POLICY)
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_role, RoleName=ROLE)
    iam.delete_role_policy(RoleName=ROLE, PolicyName="look")
    iam.delete_role(RoleName=ROLE)
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.get_role, RoleName=ROLE)
    iam.delete_policy_version(PolicyArn=POLICY, VersionId="v2")
    for policy in POLICY, ARN + "policy/" + GROUP + "-bound":
        iam.delete_policy(PolicyArn=policy)
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.get_policy, PolicyArn=POLICY)


play({"make": make, "tags": tags, "inline": inline, "managed": managed, "simulate": simulate, "providers": providers, "little": little, "away": away})
