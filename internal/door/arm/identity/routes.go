package identity

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/view"
)

// The paths.
const (
	inSubscription = "/subscriptions/{subscription}"
	inGroup        = inSubscription + "/resourceGroups/{group}"
	identities     = "/providers/" + view.TypeUserIdentity
	one            = inGroup + identities + "/{identity}"
	credentials    = one + "/federatedIdentityCredentials"
	oneCredential  = credentials + "/{credential}"
	credentialType = view.TypeUserIdentity + "/federatedIdentityCredentials"
)

// Versions of Microsoft.ManagedIdentity.
func Versions() kit.Versions {
	return kit.Listed("Microsoft.ManagedIdentity", "2015-08-31-preview", "2018-11-30", "2021-09-30-preview", "2022-01-31-preview", "2023-01-31",
		"2023-07-31-preview", "2024-11-30", "2025-01-31-preview", "2025-05-31-preview")
}

// Operations is the table.
func Operations() []kit.Operation {
	return append(asking(), kit.Operation{
		Method: http.MethodGet, Pattern: "/providers/Microsoft.ManagedIdentity/operations", Name: "ListIdentityOperations",
		Doc: "the actions of this provider", Asks: "a token", Versions: Versions(), Do: listOperations,
	})
}

// asking are the lines that ask for an action.
func asking() []kit.Operation {
	at := kit.AtResource(view.TypeUserIdentity, "identity")
	op := func(method, pattern, called, doc, action string) kit.Operation {
		return kit.Operation{
			Method: method, Pattern: pattern, Name: called, Doc: doc, Action: view.TypeUserIdentity + action, Scope: at, Versions: Versions(),
		}
	}
	all := []kit.Operation{
		op(http.MethodGet, inSubscription+identities, "ListIdentities", "the subscription's user-assigned identities", "/read"),
		op(http.MethodGet, inGroup+identities, "ListGroupIdentities", "the group's user-assigned identities", "/read"),
		op(http.MethodGet, one, "GetIdentity", "a user-assigned identity", "/read"),
		op(http.MethodHead, one, "CheckIdentity", "whether there is a user-assigned identity", "/read"),
		op(http.MethodPut, one, "PutIdentity", "make or replace a user-assigned identity", "/write"),
		op(http.MethodPatch, one, "PatchIdentity", "change an identity's tags", "/write"),
		op(http.MethodDelete, one, "DeleteIdentity", "delete an identity; what it is attached to stays", "/delete"),
		op(http.MethodPost, one+"/listAssociatedResources", "ListAssociatedResources", "what an identity is attached to", "/listAssociatedResources/action"),
		op(http.MethodPost, one+"/revokeTokens", "RevokeTokens", "end all tokens of an identity", "/revokeTokens/action"),
		op(http.MethodGet, credentials, "ListCredentials", "an identity's federated credentials", "/federatedIdentityCredentials/read"),
		op(http.MethodGet, oneCredential, "GetCredential", "a federated credential", "/federatedIdentityCredentials/read"),
		op(http.MethodPut, oneCredential, "PutCredential", "make or replace a federated credential", "/federatedIdentityCredentials/write"),
		op(http.MethodDelete, oneCredential, "DeleteCredential", "delete a federated credential", "/federatedIdentityCredentials/delete"),
		{
			Method: http.MethodGet, Pattern: "/{scope...}/providers/Microsoft.ManagedIdentity/identities/default", Name: "GetSystemIdentity",
			Doc: "the system-assigned identity of a resource", Action: "Microsoft.ManagedIdentity/identities/read", Scope: kit.AtScope, Versions: Versions(), Do: getSystem,
		},
	}
	all[0].Scope, all[1].Scope = kit.AtSubscription, kit.AtGroup
	for i, do := range []func(*kit.Call) (kit.Answer, error){
		listIdentities, listIdentities, getIdentity, checkIdentity, putIdentity, patchIdentity, deleteIdentity, listAssociated, revokeTokens,
		listCredentials, getCredential, putCredential, deleteCredential,
	} {
		all[i].Do = do
	}
	return all
}
