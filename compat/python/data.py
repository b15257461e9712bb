"""A workload that uses Azure's unmodified SDKs for blobs and secrets, each with the refusals that belong to them.

data.py blob ACCOUNT-URL, or data.py officer|user|none VAULT-URL: who may do all in a vault, who may read its one secret
"shared", and who may do nothing. The challenge of the vault is verified, as the SDK does by itself. The identity comes from
the managed-identity endpoint in the environment.
"""
import datetime
import json
import os
import sys

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient
from azure.storage.blob import BlobLeaseClient, BlobServiceClient


def same(got, wanted):
    if got != wanted:
        sys.exit("got %r, wanted %r" % (got, wanted))


def refused(code, do, *args, inner=None, **named):
    """Holds a call to a code, and to an inner code, and prints the request id, so that the story can ask why."""
    try:
        do(*args, **named)
    except HttpResponseError as error:
        if inner is None:
            got = getattr(error, "error_code", None) or error.error.code
        else:
            body = json.loads(error.response.text())["error"]
            got, code = body["code"] + " " + body["innererror"]["code"], code + " " + inner
        same(getattr(got, "value", got), code)
        print("refused", code.split()[0], error.response.headers["x-ms-request-id"])
        return
    sys.exit("wanted %s, and it was allowed" % code)


class Blobs:
    """May write the container "files", and nothing else."""

    def __init__(self, url):
        self.service = BlobServiceClient(url, ManagedIdentityCredential(), retry_total=0, max_single_put_size=1 << 20, max_block_size=1 << 20)
        self.files, self.others = self.service.get_container_client("files"), self.service.get_container_client("others")
        self.steps = [self.large, self.conditions, self.leases, self.metadata, self.list, self.refused]

    def large(self):
        sent = os.urandom(5 << 20)
        blob = self.files.upload_blob("large", sent, max_concurrency=2)
        same(blob.download_blob(max_concurrency=2).readall(), sent)
        same([len(part) for part in blob.get_block_list("all")], [5, 0])

    def conditions(self):
        blob = self.files.upload_blob("conditions", b"one")
        refused("BlobAlreadyExists", blob.upload_blob, b"two")
        old = blob.get_blob_properties().etag
        blob.upload_blob(b"two", overwrite=True)
        refused("ConditionNotMet", blob.upload_blob, b"three", overwrite=True, etag=old, match_condition=MatchConditions.IfNotModified)
        refused("ConditionNotMet", blob.delete_blob, etag=old, match_condition=MatchConditions.IfNotModified)
        same(blob.download_blob().readall(), b"two")

    def leases(self):
        blob = self.files.upload_blob("leases", b"one")
        lease = blob.acquire_lease(15)
        refused("LeaseAlreadyPresent", blob.acquire_lease)
        refused("LeaseIdMissing", blob.delete_blob)
        lease.renew()
        blob.upload_blob(b"two", overwrite=True, lease=lease)
        BlobLeaseClient(blob).break_lease(0)
        refused("LeaseIsBrokenAndCannotBeRenewed", lease.renew)
        lease.release()
        blob.delete_blob()
        refused("BlobNotFound", blob.download_blob)

    def metadata(self):
        blob = self.files.upload_blob("metadata", b"x", metadata={"camera": "Box"})
        same(blob.get_blob_properties().metadata, {"camera": "Box"})

    def list(self):
        for name in ("list/a", "list/b/1", "list/b/2", "list/c"):
            self.files.upload_blob(name, b"x")
        same(sorted(b.name for b in self.files.walk_blobs("list/", results_per_page=2)), ["list/a", "list/b/", "list/c"])

    def refused(self):
        refused("AuthorizationPermissionMismatch", list, self.others.list_blobs())
        refused("AuthorizationPermissionMismatch", self.others.download_blob, "theirs")
        refused("AuthorizationPermissionMismatch", self.others.upload_blob, "mine", b"x")
        refused("AuthorizationPermissionMismatch", self.service.create_container, "made")
        refused("NotImplemented", self.files.get_blob_client("metadata").create_snapshot)


class Secrets:
    """The steps of one of three who use a vault."""

    def __init__(self, url, who):
        self.secrets = SecretClient(url, ManagedIdentityCredential(), retry_total=0)
        self.steps = {
            "officer": [self.set, self.versions, self.list, self.dates, self.disabled, self.deleted, self.purged, self.missing, self.shared],
            "user": [self.one, self.other],
            "none": [self.none],
        }[who]

    def put(self, name, value, **more):
        return self.secrets.set_secret(name, value, tags={"by": "python"}, **more).properties.version

    def holds(self, name, value, version=None):
        got = self.secrets.get_secret(name, version)
        same((got.name, got.value, got.properties.tags), (name, value, {"by": "python"}))
        return got.properties

    def forbidden(self, do, *args, **named):
        refused("Forbidden", do, *args, inner="ForbiddenByRbac", **named)

    def set(self):
        self.put("first", "one")
        self.holds("first", "one")

    def versions(self):
        made = [self.put("versions", "one"), self.put("versions", "two")]
        same(sorted(v.version for v in self.secrets.list_properties_of_secret_versions("versions")), sorted(made))
        self.holds("versions", "two")
        self.holds("versions", "one", made[0])

    def list(self):  # a page has 25 names at most
        made = ["list-%02d" % n for n in range(30)]
        for name in made:
            self.put(name, "x")
        same([s.name for s in self.secrets.list_properties_of_secrets()], ["first"] + made + ["versions"])

    def dates(self):  # they are told and bar nobody, in Azure too
        past = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(hours=1)
        self.put("dates", "over", expires_on=past)
        same(self.holds("dates", "over").expires_on, past)

    def disabled(self):
        version = self.put("disabled", "kept")
        self.secrets.update_secret_properties("disabled", enabled=False)
        refused("Forbidden", self.secrets.get_secret, "disabled", inner="SecretDisabled")
        refused("Forbidden", self.secrets.get_secret, "disabled", version, inner="SecretDisabled")
        self.secrets.update_secret_properties("disabled", enabled=True)
        self.holds("disabled", "kept")

    def deleted(self):
        version = self.put("deleted", "kept")
        gone = self.secrets.begin_delete_secret("deleted").result()
        same(gone.scheduled_purge_date > gone.deleted_date, True)
        refused("SecretNotFound", self.secrets.get_secret, "deleted")
        refused("SecretNotFound", self.secrets.get_secret, "deleted", version)
        refused("Conflict", self.put, "deleted", "again", inner="ObjectIsDeletedButRecoverable")
        self.secrets.begin_recover_deleted_secret("deleted").wait()
        refused("SecretNotFound", self.secrets.get_deleted_secret, "deleted")
        self.holds("deleted", "kept")

    def purged(self):
        version = self.put("purged", "one")
        self.secrets.begin_delete_secret("purged").result()
        self.secrets.purge_deleted_secret("purged")
        refused("SecretNotFound", self.secrets.get_deleted_secret, "purged")
        self.put("purged", "two")
        refused("SecretNotFound", self.secrets.get_secret, "purged", version)

    def missing(self):
        refused("SecretNotFound", self.secrets.get_secret, "nothing")
        refused("NotSupported", self.secrets.backup_secret, "first")

    def shared(self):  # what the others are played with
        self.put("shared", "for you")
        self.put("own", "for nobody")

    def one(self):
        self.holds("shared", "for you")

    def other(self):  # all that is not reading the one secret
        self.forbidden(self.secrets.get_secret, "own")
        self.forbidden(self.secrets.get_secret, "nothing")
        self.forbidden(self.put, "shared", "mine")
        self.forbidden(self.secrets.begin_delete_secret, "shared")
        self.forbidden(list, self.secrets.list_properties_of_secrets())

    def none(self):  # one answer, whether a secret is there or not
        self.forbidden(self.secrets.get_secret, "shared")
        self.forbidden(self.secrets.get_secret, "nothing")


def main():
    play, url = sys.argv[1:]
    for step in (Blobs(url) if play == "blob" else Secrets(url, play)).steps:
        step()
        print("ok", step.__name__)


main()
