// Command go-blob plays a workload that uses Blob Storage with the unmodified azblob: uploads in blocks, conditions, leases,
// copies, metadata, lists and signatures of a user delegation key, each with the refusals that belong to it.
//
// It owns no secret: its identity comes from the managed-identity endpoint in its environment. It prints one line a step and
// ends with 1 at the first that does not come out as it should.
package main
