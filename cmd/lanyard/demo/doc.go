// Package demo plays the scene that Lanyard is judged by: one function, one managed identity, no secret, two clouds; and
// then everything that must be refused.
//
// It owns the order of the scene, what is expected of each refusal, and the processes it starts: a server of its own on
// free ports, and functions that run as workloads of it. What a workload does comes from those functions, with unmodified
// SDKs; only forgeries, which no SDK would make, are requests of its own. Each refusal is looked up in the server's audit
// by the request id that the caller got, and counts only if the record gives the expected reason.
//
// It never looks at the server from inside: it uses the doors, the operator's socket and the command, like anybody.
package demo
