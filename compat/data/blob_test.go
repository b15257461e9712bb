package data

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// blobRefusals are what the plays of all languages are refused, by step, code and reason.
const blobRefusals = `
conditions ConditionNotMet web.condition_not_met
conditions BlobAlreadyExists objects.exists
leases LeaseAlreadyPresent lease.held
leases LeaseIdMissing lease.missing
leases LeaseIsBrokenAndCannotBeRenewed lease.broken
refused AuthorizationPermissionMismatch access.denied
refused NotImplemented blob.operation_unsupported
`

// moreRefusals are those of one language's play besides.
func moreRefusals() map[string]string {
	const both = `
leases LeaseIdMismatchWithBlobOperation lease.wrong_id
copy CannotVerifyCopySource blob.copy_source_denied
list NotImplemented blob.operation_unsupported
signature AuthorizationPermissionMismatch blob.signature_permission
signature AuthenticationFailed authn.sas_signature
signature InvalidXmlNodeValue mint.delegation_life
containers AuthorizationPermissionMismatch access.denied
containers ContainerAlreadyExists directory.container_exists
`
	return map[string]string{
		"go": both + `
blocks BlobNotFound objects.not_found
blocks InvalidBlockList objects.part_missing
blocks InvalidBlobOrBlock objects.part_invalid
metadata InvalidMetadata blob.bad_metadata
copy InvalidHeaderValue blob.bad_copy_source
list InvalidQueryParameterValue blob.bad_marker
`,
		"js": both + "signature AuthorizationSourceIPMismatch blob.signature_address\n",
		"py": "leases BlobNotFound objects.not_found\n",
	}
}

// TestBlobsBySDK stores and reads in one container, and is refused everything beside it: an identity with another role
// less, one without any, and one that is deleted in between.
func TestBlobsBySDK(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.key, func(t *testing.T) {
			t.Parallel()
			flow := "large uploads, conditions, leases, metadata, copies, lists, user delegation signatures"
			if l.key == "py" {
				flow = "large uploads, conditions, leases, metadata, lists"
			}
			if !harness.Tell(t, l.blobs, flow, "run; the account's address") {
				return
			}
			group, account := "blobs-"+l.key, "blobs"+l.key
			sites(t, group, "writer", "reader", "none")
			house.Apply(t, strings.ReplaceAll("kind: StorageAccount\nname: ACCOUNT\nresourceGroup: "+group+"\ncontainers: [files, others]\n"+
				grant(group+"-writer", "Storage Blob Data Contributor", "$(Container/ACCOUNT/files.id)")+
				grant(group+"-writer", "Storage Blob Delegator", "$(StorageAccount/ACCOUNT.id)")+ // signatures are asked for at the account
				grant(group+"-reader", "Storage Blob Data Reader", "$(Container/ACCOUNT/files.id)"), "ACCOUNT", account))
			url := house.Fact(t, "blob") + "/" + account
			operator := house.Session(t, "operator")
			operator.Must(t, "sh", "-c", `curl -sf -X PUT -d theirs -H "Authorization: Bearer $0" -H "x-ms-version: 2021-06-08" -H "x-ms-blob-type: BlockBlob" "$1"`,
				strings.TrimSpace(house.Do(t, "", "token", "--as", "operator", "--resource", "https://storage.azure.com")), url+"/others/theirs")
			house.Session(t, group+"-writer").Played(t, blobRefusals+moreRefusals()[l.key], l.play("blob", url)...)
			const mismatch, denied = "AuthorizationPermissionMismatch", "access.denied"
			house.Session(t, group+"-reader").Refused(t, mismatch, denied, l.play("blob", url)...)
			none := house.Session(t, group+"-none")
			none.Refused(t, mismatch, denied, l.play("blob", url)...)
			house.Do(t, "", "delete", "Resource", group+"-none")
			none.Refused(t, "was deleted", "attest.workload_deleted", l.play("blob", url)...)
		})
	}
}
