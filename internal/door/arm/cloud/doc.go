// Package cloud is what the Resource Manager says of the cloud as a whole: the metadata documents by which clients find
// every address, tenants, subscriptions with their locations, and the resource providers.
//
// It owns the shape of those documents. The metadata documents are public, for they are what a client reads before it can
// sign in; they name addresses and never a tenant's things. It never keeps anything.
package cloud
