"""A workload that uses boto3 for objects, with the refusals that belong to it: s3.py BUCKET.

The role comes from a web identity's token in a file, as the environment says.
"""
import io
import os
import ssl
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from play import play, refused, same

BUCKET = sys.argv[1]
PART = 5 << 20
s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}))


class Pipe(io.RawIOBase):
    """A stream whose length nobody knows."""

    def __init__(self, content):
        self.content = io.BytesIO(content)

    def readable(self):
        return True

    def read(self, size=-1):
        return self.content.read(size)


def objects():
    for key in ["k", "a b+c/é~*key", "a//b/../c"]:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), Metadata={"owner": "me"})
        got = s3.get_object(Bucket=BUCKET, Key=key)
        same((got["Body"].read().decode(), got["Metadata"]), (key, {"owner": "me"}))
    for algorithm in ["SHA1", "SHA256", "CRC32"]:
        put = s3.put_object(Bucket=BUCKET, Key="k", Body=b"x", ChecksumAlgorithm=algorithm)
        got = s3.head_object(Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")
        same(got["Checksum" + algorithm], put["Checksum" + algorithm])


def multipart():
    sent = os.urandom(2 * PART + 7)
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)
    s3.upload_fileobj(Pipe(sent), BUCKET, "large", Config=config)
    got = io.BytesIO()
    s3.download_fileobj(BUCKET, "large", got, Config=config)
    same(got.getvalue(), sent)
    same(s3.head_object(Bucket=BUCKET, Key="large")["ETag"][-3:], '-3"')
    s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "copied", Config=config)
    same(s3.get_object(Bucket=BUCKET, Key="copied")["Body"].read(), sent)


def lists():
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2})
    same([o["Key"] for page in pages for o in page["Contents"]], ["a b+c/é~*key", "a//b/../c", "copied", "k", "large"])
    same([p["Prefix"] for p in s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"]], ["a b+c/", "a/"])


def conditions():
    refused("PreconditionFailed", s3.put_object, Bucket=BUCKET, Key="k", Body=b"y", IfNoneMatch="*")
    etag = s3.head_object(Bucket=BUCKET, Key="k")["ETag"]
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"z", IfMatch=etag)
    refused("PreconditionFailed", s3.put_object, Bucket=BUCKET, Key="k", Body=b"y", IfMatch=etag)


def presigned():
    trust = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    url = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "signed", "ContentType": "text/plain"}, ExpiresIn=60)
    put = urllib.request.Request(url, data=b"by url", method="PUT", headers={"Content-Type": "text/plain"})
    same(urllib.request.urlopen(put, context=trust).status, 200)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "signed"}, ExpiresIn=60)
    same(urllib.request.urlopen(url, context=trust).read(), b"by url")


def batch():
    got = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "signed"}, {"Key": "secret/x"}]})
    same(([d["Key"] for d in got["Deleted"]], [e["Code"] for e in got["Errors"]]), (["signed"], ["AccessDenied"]))


def refused_all():
    refused("AccessDenied", s3.put_object, Bucket=BUCKET, Key="secret/x", Body=b"x")
    refused("AccessDenied", s3.get_object, Bucket=BUCKET, Key="secret/x")
    refused("NoSuchKey", s3.get_object, Bucket=BUCKET, Key="none")
    refused("NoSuchUpload", s3.list_parts, Bucket=BUCKET, Key="k", UploadId="none")


def old():
    refused("InvalidRequest", boto3.client("s3", config=Config(signature_version="s3")).list_objects_v2, Bucket=BUCKET)


play({"objects": objects, "multipart": multipart, "lists": lists, "conditions": conditions, "presigned": presigned,
      "batch": batch, "refused": refused_all, "old": old})
