// Package webidentity keeps a web identity token file for a child that runs as an Azure workload, so that an unmodified SDK of
// AWS assumes a role with the workload's identity and needs no code for it.
//
// It owns the file: made before the child is, replaced in one step before the token ends, never readable for others. It asks
// the metadata endpoint with the launch's own secret, as any client in the workload does, and so gets nothing that the
// workload would not. It never writes another identity's token, and never gives a file more life when the workload's ended.
package webidentity
