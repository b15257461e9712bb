// Package role is the verb "credentials": it prints the credentials of an AWS workload's role as a credential_process does.
//
// It owns the asking of the container endpoint with the launch's token file, as an SDK would. It never asks anybody else:
// not the operator's socket, not another host, not through a proxy.
package role
