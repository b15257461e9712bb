"""Who keeps an account of its own with boto3: what IAM has besides roles, their policies and OIDC providers, with the refusals that
belong to it: account.py ACCOUNT, as the root of the account. "metadata.xml" describes a SAML provider. All that there is, the play
makes and takes away again."""
import json
import pathlib
import sys

import boto3
from botocore.config import Config

from play import play, refused, refused_as, same

ACCOUNT = sys.argv[1]
ARN = "arn:aws:iam::%s:" % ACCOUNT
ONCE = Config(retries={"total_max_attempts": 1})
iam = boto3.client("iam", config=ONCE)
wrong = iam.exceptions
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
POLICY = ARN + "policy/read"
COUNTED = ["Users", "Groups", "Policies", "InstanceProfiles", "Providers"]  # the operator's own role is in every account
TAG = [{"Key": "team", "Value": "web"}]


def tagged(put, shown, take, **named):
    """Puts a label on something, sees it and takes it off."""
    put(Tags=TAG, **named)
    same(shown(**named)["Tags"], TAG)
    take(TagKeys=["team"], **named)
    same(shown(**named)["Tags"], [])


def users():
    iam.create_user(UserName="ann")
    iam.create_policy(PolicyName="read", PolicyDocument=json.dumps(READ))
    iam.update_user(UserName="ann", NewUserName="anna", NewPath="/staff/")
    same([u["Arn"] for u in iam.list_users(PathPrefix="/staff/")["Users"]], [ARN + "user/staff/anna"])
    anna = {"UserName": "anna"}
    tagged(iam.tag_user, iam.list_user_tags, iam.untag_user, **anna)
    iam.put_user_policy(PolicyName="own", PolicyDocument=json.dumps(READ), **anna)
    same((iam.list_user_policies(**anna)["PolicyNames"], iam.get_user_policy(PolicyName="own", **anna)["PolicyDocument"]), (["own"], READ))
    iam.attach_user_policy(PolicyArn=POLICY, **anna)
    same(iam.list_attached_user_policies(**anna)["AttachedPolicies"], [{"PolicyName": "read", "PolicyArn": POLICY}])
    iam.put_user_permissions_boundary(PermissionsBoundary=POLICY, **anna)
    same(iam.get_user(**anna)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"], POLICY)
    iam.delete_user_permissions_boundary(**anna)
    key = iam.create_access_key(**anna)["AccessKey"]["AccessKeyId"]
    same(iam.get_access_key_last_used(AccessKeyId=key)["UserName"], "anna")
    same(iam.get_context_keys_for_principal_policy(PolicySourceArn=ARN + "user/staff/anna")["ContextKeyNames"], [])
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.update_user, UserName="ann", NewUserName="x")
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_user, **anna)


def groups():
    iam.create_group(GroupName="readers")
    iam.update_group(GroupName="readers", NewGroupName="staff")
    staff = {"GroupName": "staff"}
    iam.add_user_to_group(UserName="anna", **staff)
    got = iam.get_group(**staff)
    same((got["Group"]["Arn"], [u["UserName"] for u in got["Users"]]), (ARN + "group/staff", ["anna"]))
    same([g["GroupName"] for g in iam.list_groups()["Groups"]], ["staff"])
    iam.put_group_policy(PolicyName="own", PolicyDocument=json.dumps(READ), **staff)
    same((iam.list_group_policies(**staff)["PolicyNames"], iam.get_group_policy(PolicyName="own", **staff)["PolicyDocument"]), (["own"], READ))
    iam.attach_group_policy(PolicyArn=POLICY, **staff)
    same([p["PolicyArn"] for p in iam.list_attached_group_policies(**staff)["AttachedPolicies"]], [POLICY])
    used = iam.list_entities_for_policy(PolicyArn=POLICY)
    same(([u["UserName"] for u in used["PolicyUsers"]], [g["GroupName"] for g in used["PolicyGroups"]]), (["anna"], ["staff"]))
    refused_as(wrong.EntityAlreadyExistsException, "EntityAlreadyExists", iam.create_group, GroupName="STAFF")
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_group, **staff)


def profiles():
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(TRUST))
    same(iam.update_role_description(RoleName="app", Description="web")["Role"]["Description"], "web")
    iam.create_instance_profile(InstanceProfileName="box")
    box = {"InstanceProfileName": "box"}
    iam.add_role_to_instance_profile(RoleName="app", **box)
    tagged(iam.tag_instance_profile, iam.list_instance_profile_tags, iam.untag_instance_profile, **box)
    same(iam.get_instance_profile(**box)["InstanceProfile"]["Roles"][0]["RoleName"], "app")
    for found in iam.list_instance_profiles(), iam.list_instance_profiles_for_role(RoleName="app"):
        same([p["Arn"] for p in found["InstanceProfiles"]], [ARN + "instance-profile/box"])
    refused_as(wrong.DeleteConflictException, "DeleteConflict", iam.delete_instance_profile, **box)


def providers():
    saml = {"SAMLProviderArn": iam.create_saml_provider(Name="idp", SAMLMetadataDocument=pathlib.Path("metadata.xml").read_text())["SAMLProviderArn"]}
    same([p["Arn"] for p in iam.list_saml_providers()["SAMLProviderList"]], [ARN + "saml-provider/idp"])
    tagged(iam.tag_saml_provider, iam.list_saml_provider_tags, iam.untag_saml_provider, **saml)
    iam.delete_saml_provider(**saml)
    refused_as(wrong.NoSuchEntityException, "NoSuchEntity", iam.get_saml_provider, **saml)
    oidc = {"OpenIDConnectProviderArn": iam.create_open_id_connect_provider(Url="https://ci.example/rest")["OpenIDConnectProviderArn"]}
    tagged(iam.tag_open_id_connect_provider, iam.list_open_id_connect_provider_tags, iam.untag_open_id_connect_provider, **oidc)
    iam.delete_open_id_connect_provider(**oidc)


def whole():
    same([iam.get_account_summary()["SummaryMap"][n] for n in COUNTED], [1, 1, 1, 1, 0])
    same(iam.list_account_aliases()["AccountAliases"], [])
    details = iam.get_account_authorization_details()
    same((details["UserDetailList"][0]["GroupList"], details["GroupDetailList"][0]["GroupPolicyList"][0]["PolicyDocument"]), (["staff"], READ))
    same(("app" in [r["RoleName"] for r in details["RoleDetailList"]], details["Policies"][0]["AttachmentCount"]), (True, 2))
    same([p["Arn"] for p in iam.list_policies(Scope="Local")["Policies"]], [POLICY])
    same(iam.list_policies(Scope="AWS")["Policies"], [])
    same(boto3.client("s3").list_buckets()["Buckets"], [])
    refused("NotImplemented", iam.create_login_profile, UserName="anna", Password="x")


def outbound():
    refused_as(wrong.FeatureDisabledException, "FeatureDisabled", iam.get_outbound_web_identity_federation_info)
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    same(iam.get_outbound_web_identity_federation_info()["IssuerIdentifier"], issuer)
    refused_as(wrong.FeatureEnabledException, "FeatureEnabled", iam.enable_outbound_web_identity_federation)
    iam.disable_outbound_web_identity_federation()
    refused_as(wrong.FeatureDisabledException, "FeatureDisabled", iam.disable_outbound_web_identity_federation)


def away():
    iam.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="app")
    iam.delete_instance_profile(InstanceProfileName="box")
    iam.delete_role(RoleName="app")
    iam.remove_user_from_group(GroupName="staff", UserName="anna")
    iam.delete_group_policy(GroupName="staff", PolicyName="own")
    iam.detach_group_policy(GroupName="staff", PolicyArn=POLICY)
    iam.delete_group(GroupName="staff")
    iam.delete_user_policy(UserName="anna", PolicyName="own")
    iam.detach_user_policy(UserName="anna", PolicyArn=POLICY)
    [key] = iam.list_access_keys(UserName="anna")["AccessKeyMetadata"]
    iam.delete_access_key(UserName="anna", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="anna")
    iam.delete_policy(PolicyArn=POLICY)
    same([n for n in COUNTED if iam.get_account_summary()["SummaryMap"][n]], [])


play({"users": users, "groups": groups, "profiles": profiles, "providers": providers, "whole": whole, "outbound": outbound, "away": away})
