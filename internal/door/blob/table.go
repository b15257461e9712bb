package blob

import (
	"net/http"
	"slices"
)

// The operations' actions, below Microsoft.Storage/storageAccounts.
const (
	blobService      = "Microsoft.Storage/storageAccounts/blobServices"
	delegationKey    = blobService + "/generateUserDelegationKey/action"
	containersRead   = blobService + "/containers/read"
	containersWrite  = blobService + "/containers/write"
	containersDelete = blobService + "/containers/delete"
	blobsRead        = blobService + "/containers/blobs/read"
	blobsWrite       = blobService + "/containers/blobs/write"
	blobsAdd         = blobService + "/containers/blobs/add/action"
	blobsDelete      = blobService + "/containers/blobs/delete"
)

// operation is one line of the table: which requests are it, what right it needs, and who does it.
type operation struct {
	name    string
	doc     string
	method  string
	at      level             // what the path names
	query   map[string]string // restype and comp, exactly these
	with    string            // a header without which it is another operation
	takes   []string          // other query parameters that it understands, beside timeout
	headers []string          // x-ms headers that it understands beside those of every operation; "-" at the end is a prefix
	bare    bool              // takes no conditions
	action  string
	data    bool
	sub     string // the sub-operation that conditions of assignments know
	letters string // permissions of a signature of which one is enough; empty where no signature is accepted
	creates bool   // the right to add, or the letter c, is enough where there is no blob yet
	do      func(Door, *call, http.ResponseWriter) error
}

// level is how much a path names.
type level uint8

const (
	atAccount level = iota
	atContainer
	atBlob
)

func comp(of string) map[string]string { return map[string]string{"comp": of} }

func ofContainer(of string) map[string]string {
	if of == "" {
		return map[string]string{"restype": "container"}
	}
	return map[string]string{"restype": "container", "comp": of}
}

// operations is the table of the door.
func operations() []operation {
	return slices.Concat(accountOperations(), containerOperations(), readOperations(), writeOperations(), changeOperations())
}

func pageParameters() []string { return []string{"prefix", "marker", "maxresults", "include"} }

func accountOperations() []operation {
	return []operation{
		{
			name: "ListContainers", doc: "the containers of an account", method: http.MethodGet, at: atAccount,
			query: comp("list"), takes: pageParameters(), bare: true, action: containersRead, do: Door.listContainers,
		},
		{
			name: "GetUserDelegationKey", doc: "a key that signs for its caller", method: http.MethodPost, at: atAccount,
			query: map[string]string{"restype": "service", "comp": "userdelegationkey"}, bare: true,
			action: delegationKey, do: Door.delegationKey,
		},
	}
}

func containerOperations() (all []operation) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		all = append(all,
			operation{
				name: "GetContainerProperties", doc: "what is known of a container", method: method, at: atContainer,
				query: ofContainer(""), bare: true, action: containersRead, do: Door.containerProperties,
			},
			operation{
				name: "GetContainerMetadata", doc: "a container's metadata", method: method, at: atContainer,
				query: ofContainer("metadata"), bare: true, action: containersRead, do: Door.containerMetadata,
			})
	}
	return append(all,
		operation{
			name: "CreateContainer", doc: "make a container", method: http.MethodPut, at: atContainer,
			query: ofContainer(""), headers: []string{metaPrefix}, bare: true, action: containersWrite, do: Door.createContainer,
		},
		operation{
			name: "SetContainerMetadata", doc: "replace a container's metadata", method: http.MethodPut, at: atContainer,
			query: ofContainer("metadata"), headers: []string{metaPrefix}, action: containersWrite, do: Door.setContainerMetadata,
		},
		operation{
			name: "DeleteContainer", doc: "delete a container with all its blobs", method: http.MethodDelete, at: atContainer,
			query: ofContainer(""), action: containersDelete, do: Door.deleteContainer,
		},
		operation{
			name: "ListBlobs", doc: "the blobs of a container", method: http.MethodGet, at: atContainer,
			query: ofContainer("list"), takes: append(pageParameters(), "delimiter"), bare: true,
			action: blobsRead, data: true, sub: listing, letters: "l", do: Door.listBlobs,
		})
}

func readOperations() []operation {
	read := func(name, doc, method string, query map[string]string, do func(Door, *call, http.ResponseWriter) error) operation {
		return operation{
			name: name, doc: doc, method: method, at: atBlob, query: query, headers: []string{leaseID},
			action: blobsRead, data: true, letters: "r", do: do,
		}
	}
	get := read("GetBlob", "a blob or a range of it", http.MethodGet, nil, Door.getBlob)
	get.headers = append(get.headers, "x-ms-range", "x-ms-range-get-content-md5", "x-ms-range-get-content-crc64")
	blocks := read("GetBlockList", "the blocks of a blob, and those that wait", http.MethodGet, comp("blocklist"), Door.blockList)
	blocks.takes = []string{"blocklisttype"}
	return []operation{
		get,
		read("GetBlobProperties", "what is known of a blob", http.MethodHead, nil, Door.headBlob),
		read("GetBlobMetadata", "a blob's metadata", http.MethodGet, comp("metadata"), Door.blobMetadata),
		read("GetBlobMetadata", "a blob's metadata", http.MethodHead, comp("metadata"), Door.blobMetadata),
		blocks,
	}
}

func writeOperations() []operation {
	write := func(name, doc string, query map[string]string, headers []string, do func(Door, *call, http.ResponseWriter) error) operation {
		return operation{
			name: name, doc: doc, method: http.MethodPut, at: atBlob, query: query, headers: append(headers, leaseID),
			action: blobsWrite, data: true, letters: "w", creates: true, do: do,
		}
	}
	copying := write("CopyBlob", "copy a blob of this server", nil, copyHeaders(), Door.copyBlob)
	copying.with = copySource
	block := write("PutBlock", "store a block that waits", comp("block"), []string{"x-ms-content-crc64"}, Door.putBlock)
	block.takes, block.bare = []string{"blockid"}, true
	return []operation{
		copying,
		write("PutBlob", "store a block blob in one request", nil,
			append(contentHeaders(), "x-ms-blob-type", "x-ms-content-crc64", metaPrefix), Door.putBlob),
		block,
		write("PutBlockList", "make a blob of blocks", comp("blocklist"), append(contentHeaders(), "x-ms-content-crc64", metaPrefix), Door.putBlockList),
	}
}

func changeOperations() []operation {
	change := func(name, doc string, query map[string]string, headers []string, do func(Door, *call, http.ResponseWriter) error) operation {
		return operation{
			name: name, doc: doc, method: http.MethodPut, at: atBlob, query: query, headers: append(headers, leaseID),
			action: blobsWrite, data: true, letters: "w", do: do,
		}
	}
	return []operation{
		change("SetBlobMetadata", "replace a blob's metadata", comp("metadata"), []string{metaPrefix}, Door.setMetadata),
		change("SetBlobProperties", "replace what a blob's headers say", comp("properties"), contentHeaders(), Door.setProperties),
		change("LeaseBlob", "acquire, renew, change, release or break a lease", comp("lease"), leaseHeaders(), Door.leaseBlob),
		{
			name: "DeleteBlob", doc: "remove a blob for good", method: http.MethodDelete, at: atBlob,
			headers: []string{"x-ms-delete-snapshots", leaseID}, action: blobsDelete, data: true, letters: "d", do: Door.deleteBlob,
		},
	}
}
