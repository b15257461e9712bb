package az

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// TestBlobs uploads, lists, reads, leases and deletes with a signed-in identity.
func TestBlobs(t *testing.T) {
	if !tell(t, "storage container, storage blob and blob lease, --auth-mode login", "run; --blob-endpoint") {
		return
	}
	house.Apply(t, strings.ReplaceAll(`
kind: ResourceGroup
name: blobs
location: westeurope
---
kind: StorageAccount
name: azblobs
resourceGroup: blobs
containers: [files]
---
kind: Resource
type: Microsoft.Web/sites
name: blobs-writer
resourceGroup: blobs
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Web/sites
name: blobs-reader
resourceGroup: blobs
identity: {type: SystemAssigned}
---
kind: RoleAssignment
principal: $(Resource/blobs-writer.principalId)
role: Storage Blob Data Contributor
scope: $(StorageAccount/azblobs.id)
---
kind: RoleAssignment
principal: $(Resource/blobs-reader.principalId)
role: Storage Blob Data Reader
scope: $(Container/azblobs/files.id)
`, "GROUP", "blobs"))
	w, r, other := login(t, "blobs-writer"), login(t, "blobs-reader"), stranger(t, "blobs")
	blob := func(args ...string) []string {
		argv := append([]string{"az", "storage"}, args...)
		return append(argv, "--auth-mode", "login", "--blob-endpoint", house.Fact(t, "blob")+"/azblobs", "-o", "tsv")
	}
	// az replaces the service's words by its own, without the request id.
	denied := func(s *harness.Session, argv ...string) {
		t.Helper()
		s.Failed(t, "You do not have the required permissions needed to perform this operation", argv...)
	}
	note := w.File(t, "note.txt", "kept\n")
	w.Must(t, blob("container", "create", "-n", "made")...)
	want(t, "the containers", strings.Contains(w.Must(t, blob("container", "list", "--query", "[].name")...), "made"), true)
	w.Must(t, blob("blob", "upload", "-c", "files", "-n", "a/note.txt", "-f", note)...)
	w.Refused(t, "BlobAlreadyExists", "objects.exists", blob("blob", "upload", "-c", "files", "-n", "a/note.txt", "-f", note)...)
	w.Must(t, blob("blob", "upload", "-c", "files", "-n", "a/note.txt", "-f", note, "--overwrite", "true")...)
	want(t, "the blobs", r.Must(t, blob("blob", "list", "-c", "files", "--query", "[].name")...), "a/note.txt")
	r.Must(t, blob("blob", "download", "-c", "files", "-n", "a/note.txt", "-f", r.Folder()+"/read")...)
	want(t, "the content", r.Must(t, "cat", r.Folder()+"/read"), "kept")
	denied(r, blob("blob", "upload", "-c", "files", "-n", "b", "-f", note)...)
	denied(r, blob("blob", "delete", "-c", "files", "-n", "a/note.txt")...)
	denied(other, blob("blob", "list", "-c", "files")...)
	denied(other, blob("blob", "download", "-c", "files", "-n", "a/note.txt", "-f", other.Folder()+"/read")...)
	denied(other, blob("container", "create", "-n", "other")...)

	lease := w.Must(t, blob("blob", "lease", "acquire", "-c", "files", "-b", "a/note.txt", "--lease-duration", "60")...)
	w.Refused(t, "LeaseIdMissing", "lease.missing", blob("blob", "delete", "-c", "files", "-n", "a/note.txt")...)
	w.Refused(t, "LeaseAlreadyPresent", "lease.held", blob("blob", "lease", "acquire", "-c", "files", "-b", "a/note.txt", "--lease-duration", "60")...)
	w.Must(t, blob("blob", "lease", "renew", "-c", "files", "-b", "a/note.txt", "--lease-id", lease)...)
	w.Must(t, blob("blob", "lease", "release", "-c", "files", "-b", "a/note.txt", "--lease-id", lease)...)
	lease = w.Must(t, blob("blob", "lease", "acquire", "-c", "files", "-b", "a/note.txt", "--lease-duration", "60")...)
	denied(r, blob("blob", "lease", "break", "-c", "files", "-b", "a/note.txt")...)
	w.Must(t, blob("blob", "lease", "break", "-c", "files", "-b", "a/note.txt", "--lease-break-period", "0")...)
	w.Refused(t, "LeaseIsBrokenAndCannotBeRenewed", "lease.broken", blob("blob", "lease", "renew", "-c", "files", "-b", "a/note.txt", "--lease-id", lease)...)
	w.Must(t, blob("blob", "delete", "-c", "files", "-n", "a/note.txt")...)
	w.Failed(t, "BlobNotFound", blob("blob", "show", "-c", "files", "-n", "a/note.txt")...) // asked by HEAD, so the answer has no text
	w.Must(t, blob("container", "delete", "-n", "made")...)
}

// TestStorageAccounts makes accounts as the Contributor of a group. What would make one look safer than it is is refused, and
// there are no keys.
func TestStorageAccounts(t *testing.T) {
	if !tell(t, "storage account create, show, list, keys list, delete", "run, as a Contributor of the group") {
		return
	}
	s, other := contributor(t, "accounts"), stranger(t, "accounts")
	account := func(verb string, more ...string) []string {
		return append([]string{"az", "storage", "account", verb, "-n", "azaccounts", "-g", "accounts"}, more...)
	}
	create := func(more ...string) []string {
		return account("create", append([]string{"-l", "westeurope", "--sku", "Standard_LRS"}, more...)...)
	}
	denied(t, other, create()...)
	s.Refused(t, "InvalidRequestContent", "directory.invalid_value", create("--default-action", "Deny")...)
	s.Refused(t, "InvalidRequestContent", "directory.invalid_value", create("--public-network-access", "Disabled")...)
	s.Refused(t, "InvalidRequestContent", "directory.invalid_value", create("--enable-hierarchical-namespace", "true")...)
	want(t, "the endpoint", s.Must(t, create("--query", "primaryEndpoints.blob", "-o", "tsv")...), house.Fact(t, "blob")+"/azaccounts/")
	want(t, "the account", s.Must(t, account("show", "--query", "sku.name", "-o", "tsv")...), "Standard_LRS")
	want(t, "the list", s.Must(t, "az", "storage", "account", "list", "-g", "accounts", "--query", "[].name", "-o", "tsv"), "azaccounts")
	s.Refused(t, "NotSupported", "arm.no_action", "az", "storage", "account", "keys", "list", "-n", "azaccounts", "-g", "accounts")
	denied(t, other, account("show")...)
	denied(t, other, account("delete", "--yes")...)
	s.Must(t, account("delete", "--yes")...)
	s.Refused(t, "ResourceNotFound", "directory.resource_not_found", account("show")...)
}
