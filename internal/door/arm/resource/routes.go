package resource

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
)

// The paths.
const (
	inSubscription = "/subscriptions/{subscription}"
	groups         = inSubscription + "/resourceGroups"
	oneGroup       = groups + "/{group}"
	anyResource    = oneGroup + "/providers/{rest...}"
	oneAccount     = oneGroup + "/providers/Microsoft.Storage/storageAccounts/{account}"
	containers     = oneAccount + "/blobServices/default/containers"
	oneContainer   = containers + "/{container}"
)

// The actions on resource groups.
const (
	groupRead      = "Microsoft.Resources/subscriptions/resourceGroups/read"
	groupWrite     = "Microsoft.Resources/subscriptions/resourceGroups/write"
	groupDelete    = "Microsoft.Resources/subscriptions/resourceGroups/delete"
	containerRead  = "Microsoft.Storage/storageAccounts/blobServices/containers/read"
	containerWrite = "Microsoft.Storage/storageAccounts/blobServices/containers/write"
	containerGone  = "Microsoft.Storage/storageAccounts/blobServices/containers/delete"
)

// Operations is the table. resources are the api-versions of Microsoft.Resources.
func Operations(resources kit.Versions) []kit.Operation {
	all := append(groupOperations(), listOperations()...)
	for i := range all {
		all[i].Versions = resources
	}
	return append(append(all, containerOperations()...), resourceOperations()...)
}

func groupOperations() []kit.Operation {
	op := func(method, called, doc, action string, do func(*kit.Call) (kit.Answer, error)) kit.Operation {
		return kit.Operation{Method: method, Pattern: oneGroup, Name: called, Doc: doc, Action: action, Scope: kit.AtGroup, Do: do}
	}
	return []kit.Operation{
		{
			Method: http.MethodGet, Pattern: groups, Name: "ListGroups", Doc: "the resource groups that the caller may read",
			Asks: groupRead + " on each group that is listed", Scope: kit.AtSubscription, Do: listGroups,
		},
		op(http.MethodGet, "GetGroup", "a resource group", groupRead, getGroup),
		op(http.MethodHead, "CheckGroup", "whether there is a resource group", groupRead, checkGroup),
		op(http.MethodPut, "PutGroup", "make or replace a resource group", groupWrite, putGroup),
		op(http.MethodPatch, "PatchGroup", "change a group's tags", groupWrite, patchGroup),
		op(http.MethodDelete, "DeleteGroup", "delete a resource group and everything in it", groupDelete, deleteGroup),
		{
			Method: http.MethodGet, Pattern: inSubscription + "/operationresults/{handle}", Name: "OperationResult",
			Doc: "whether a deletion has ended", Asks: "the handle that the caller was given", Scope: kit.AtSubscription, Do: operationResult,
		},
	}
}

func listOperations() []kit.Operation {
	const asks = "{type}/read on each resource that is listed"
	return []kit.Operation{
		{
			Method: http.MethodGet, Pattern: inSubscription + "/resources", Name: "ListResources", Doc: "the subscription's resources that the caller may read",
			Asks: asks, Scope: kit.AtSubscription, Do: listResources,
		},
		{
			Method: http.MethodGet, Pattern: oneGroup + "/resources", Name: "ListGroupResources", Doc: "the group's resources that the caller may read",
			Asks: asks, Scope: kit.AtGroup, Do: listResources,
		},
	}
}

func resourceOperations() []kit.Operation {
	op := func(method, called, doc, action string, do func(*kit.Call) (kit.Answer, error)) kit.Operation {
		return kit.Operation{
			Method: method, Pattern: anyResource, Name: called, Doc: doc, Action: action, Scope: atAny, Versions: kit.Any(), Do: do,
		}
	}
	return []kit.Operation{
		op(http.MethodGet, "GetResource", "a resource of any type, or those of a type in the group", "{type}/read", getOrList),
		op(http.MethodHead, "CheckResource", "whether there is a resource", "{type}/read", checkResource),
		op(http.MethodPut, "PutResource", "make or replace a resource with its identity block", "{type}/write", putResource),
		op(http.MethodPatch, "PatchResource", "change a resource or its identity block in part", "{type}/write", patchResource),
		op(http.MethodDelete, "DeleteResource", "delete a resource with its system-assigned identity", "{type}/delete", deleteResource),
		op(http.MethodPost, "ResourceAction", "an action of a resource's own: none is offered", "{type}/action", noAction),
		{
			Method: http.MethodGet, Pattern: inSubscription + "/providers/{namespace}/{type}", Name: "ListResourcesOfType",
			Doc: "the subscription's resources of a type", Action: "{type}/read", Scope: atType, Versions: kit.Any(), Do: listOfType,
		},
	}
}

func containerOperations() []kit.Operation {
	op := func(method, pattern, called, doc, action string) kit.Operation {
		return kit.Operation{Method: method, Pattern: pattern, Name: called, Doc: doc, Action: action, Scope: atContainer, Versions: kit.Any()}
	}
	list := op(http.MethodGet, containers, "ListBlobContainers", "a storage account's containers", containerRead)
	get := op(http.MethodGet, oneContainer, "GetBlobContainer", "a container", containerRead)
	head := op(http.MethodHead, oneContainer, "CheckBlobContainer", "whether there is a container", containerRead)
	put := op(http.MethodPut, oneContainer, "PutBlobContainer", "make a container, or change its metadata", containerWrite)
	patch := op(http.MethodPatch, oneContainer, "PatchBlobContainer", "change a container's metadata", containerWrite)
	del := op(http.MethodDelete, oneContainer, "DeleteBlobContainer", "delete a container and the roles granted on it", containerGone)
	list.Do, get.Do, head.Do, put.Do, patch.Do, del.Do = listContainers, getContainer, checkContainer, putContainer, patchContainer, deleteContainer
	service := kit.Operation{
		Method: http.MethodGet, Pattern: oneAccount + "/blobServices/default", Name: "GetBlobService", Doc: "the blob service of a storage account",
		Action: "Microsoft.Storage/storageAccounts/blobServices/read", Scope: atContainer, Versions: kit.Any(), Do: getBlobService,
	}
	return []kit.Operation{service, list, get, head, put, patch, del}
}
