package az

import (
	"strings"
	"testing"
)

// TestBlobs uploads, lists, reads, leases and deletes with a signed-in identity.
func TestBlobs(t *testing.T) {
	if !tell(t, "storage container and storage blob, --auth-mode login", "run; --blob-endpoint") {
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
	denied := func(argv ...string) { other.Failed(t, "", argv...) }
	note := w.File(t, "note.txt", "kept\n")
	w.Must(t, blob("container", "create", "-n", "made")...)
	want(t, "the containers", strings.Contains(w.Must(t, blob("container", "list", "--query", "[].name")...), "made"), true)
	w.Must(t, blob("blob", "upload", "-c", "files", "-n", "a/note.txt", "-f", note)...)
	w.Failed(t, "", blob("blob", "upload", "-c", "files", "-n", "a/note.txt", "-f", note)...) // it exists
	w.Must(t, blob("blob", "upload", "-c", "files", "-n", "a/note.txt", "-f", note, "--overwrite", "true")...)
	want(t, "the blobs", r.Must(t, blob("blob", "list", "-c", "files", "--query", "[].name")...), "a/note.txt")
	r.Must(t, blob("blob", "download", "-c", "files", "-n", "a/note.txt", "-f", r.Folder()+"/read")...)
	want(t, "the content", r.Must(t, "cat", r.Folder()+"/read"), "kept")
	r.Failed(t, "", blob("blob", "upload", "-c", "files", "-n", "b", "-f", note)...)
	r.Failed(t, "", blob("blob", "delete", "-c", "files", "-n", "a/note.txt")...)
	denied(blob("blob", "list", "-c", "files")...)
	denied(blob("blob", "download", "-c", "files", "-n", "a/note.txt", "-f", other.Folder()+"/read")...)
	denied(blob("container", "create", "-n", "other")...)

	lease := w.Must(t, blob("blob", "lease", "acquire", "-c", "files", "-b", "a/note.txt", "--lease-duration", "60")...)
	w.Failed(t, "LeaseIdMissing", blob("blob", "delete", "-c", "files", "-n", "a/note.txt")...)
	w.Failed(t, "LeaseAlreadyPresent", blob("blob", "lease", "acquire", "-c", "files", "-b", "a/note.txt", "--lease-duration", "60")...)
	w.Must(t, blob("blob", "lease", "renew", "-c", "files", "-b", "a/note.txt", "--lease-id", lease)...)
	w.Must(t, blob("blob", "lease", "release", "-c", "files", "-b", "a/note.txt", "--lease-id", lease)...)
	w.Must(t, blob("blob", "delete", "-c", "files", "-n", "a/note.txt")...)
	w.Failed(t, "", blob("blob", "show", "-c", "files", "-n", "a/note.txt")...)
	w.Must(t, blob("container", "delete", "-n", "made")...)
}
