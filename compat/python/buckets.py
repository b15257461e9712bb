"""Who keeps buckets with boto3: what S3 has besides the objects of s3.py, with the refusals that belong to it: buckets.py BUCKET
OTHER STRANGE. The caller may do all in BUCKET and OTHER, which is made here, and nothing in STRANGE."""
import json
import sys

import boto3
from botocore.config import Config

from play import play, refused, same

BUCKET, OTHER, STRANGE = sys.argv[1:4]
s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}))
AT = {"Bucket": BUCKET}
TAGS = {"TagSet": [{"Key": "team", "Value": "web"}]}


def policy(**more):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict({"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/shut" % BUCKET}, **more)]})


def tags():
    s3.put_bucket_tagging(Tagging=TAGS, **AT)
    same(s3.get_bucket_tagging(**AT)["TagSet"], TAGS["TagSet"])
    s3.delete_bucket_tagging(**AT)
    refused("NoSuchTagSet", s3.get_bucket_tagging, **AT)
    refused("AccessDenied", s3.put_bucket_tagging, Bucket=STRANGE, Tagging=TAGS)
    s3.put_object(Key="tagged", Body=b"x", Tagging="team=web", **AT)
    same(s3.get_object_tagging(Key="tagged", **AT)["TagSet"], TAGS["TagSet"])
    s3.delete_object_tagging(Key="tagged", **AT)
    same(s3.get_object_tagging(Key="tagged", **AT)["TagSet"], [])


def policies():
    refused("NoSuchBucketPolicy", s3.get_bucket_policy, **AT)
    s3.put_object(Key="shut", Body=b"x", **AT)
    s3.put_bucket_policy(Policy=policy(), **AT)
    same((json.loads(s3.get_bucket_policy(**AT)["Policy"]), s3.get_bucket_policy_status(**AT)["PolicyStatus"]["IsPublic"]), (json.loads(policy()), False))
    refused("AccessDenied", s3.get_object, Key="shut", **AT)
    refused("MalformedPolicy", s3.put_bucket_policy, Policy=policy(Principal={"Nobody": "x"}), **AT)
    refused("MalformedPolicy", s3.put_bucket_policy, Policy=policy(Resource="arn:aws:s3:::another/*"), **AT)
    s3.delete_bucket_policy(**AT)
    same(s3.get_object(Key="shut", **AT)["Body"].read(), b"x")


def uploads():
    begun = s3.create_multipart_upload(Key="large", **AT)["UploadId"]
    large = {"Key": "large", "UploadId": begun, **AT}
    s3.upload_part_copy(PartNumber=1, CopySource=AT | {"Key": "shut"}, **large)
    same([u["UploadId"] for u in s3.list_multipart_uploads(**AT)["Uploads"]], [begun])
    same(len(s3.list_parts(**large)["Parts"]), 1)
    s3.abort_multipart_upload(**large)
    refused("NoSuchUpload", s3.list_parts, **large)
    same(s3.list_multipart_uploads(**AT).get("Uploads", []), [])


def settings():
    same(s3.head_bucket(**AT)["ResponseMetadata"]["HTTPStatusCode"], 200)
    same(s3.get_bucket_location(**AT)["LocationConstraint"], None if s3.meta.region_name == "us-east-1" else s3.meta.region_name)
    same((s3.get_bucket_versioning(**AT).get("Status"), s3.get_bucket_accelerate_configuration(**AT).get("Status")), (None, None))
    same((s3.get_bucket_logging(**AT).get("LoggingEnabled"), s3.get_bucket_request_payment(**AT)["Payer"]), (None, "BucketOwner"))
    same(s3.get_bucket_ownership_controls(**AT)["OwnershipControls"]["Rules"], [{"ObjectOwnership": "BucketOwnerEnforced"}])
    same([g["Permission"] for g in s3.get_bucket_acl(**AT)["Grants"]], ["FULL_CONTROL"])
    same([v["VersionId"] for v in s3.list_object_versions(Prefix="shut", **AT)["Versions"]], ["null"])
    same([o["Key"] for o in s3.list_objects(**AT)["Contents"]], ["shut", "tagged"])
    for code, do in {
        "NoSuchCORSConfiguration": s3.get_bucket_cors, "NoSuchWebsiteConfiguration": s3.get_bucket_website,
        "NoSuchLifecycleConfiguration": s3.get_bucket_lifecycle_configuration, "ReplicationConfigurationNotFoundError": s3.get_bucket_replication,
        "ServerSideEncryptionConfigurationNotFoundError": s3.get_bucket_encryption,
        "ObjectLockConfigurationNotFoundError": s3.get_object_lock_configuration, "NoSuchPublicAccessBlockConfiguration": s3.get_public_access_block,
    }.items():
        refused(code, do, **AT)


def buckets():
    s3.create_bucket(Bucket=OTHER)
    refused("BucketAlreadyOwnedByYou", s3.create_bucket, Bucket=OTHER)
    s3.put_object(Bucket=OTHER, Key="x", Body=b"x")
    refused("BucketNotEmpty", s3.delete_bucket, Bucket=OTHER)
    s3.delete_object(Bucket=OTHER, Key="x")
    s3.delete_bucket(Bucket=OTHER)
    refused("NoSuchBucket", s3.get_bucket_location, Bucket=OTHER)
    refused("AccessDenied", s3.list_buckets)


play({"tags": tags, "policies": policies, "uploads": uploads, "settings": settings, "buckets": buckets})
