// Package blob is the Azure Blob Storage door: it lists, reads, writes, copies and leases the block blobs of storage
// accounts, and makes and deletes their containers.
//
// It owns the operations of the Blob REST protocol that are offered, their headers, conditions and XML. Every request
// names its account in the path (path style) and proves itself by a bearer token or by a signature that a user
// delegation key made; both name a principal whose role assignments on the container, as they are now, decide before an
// object is looked for. A signature only ever takes away from these rights. It never accepts an account's key or
// anything signed with one, and never tells a blob that is not there from one that the caller may not see.
package blob
