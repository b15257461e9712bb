// Package blob is the Azure Blob Storage door: it lists, reads and writes the objects of storage accounts.
//
// It owns the operations of the Blob REST protocol that are offered, their headers and XML. Every request names its
// account in the path (path style), proves itself by a bearer token, and is decided by the role assignments on the
// container before an object is looked for. It never accepts a shared key or a shared access signature.
package blob
