// Package workload is how workloads in AWS's words are made, bound to a role, and deleted.
//
// It owns their rules: which ARNs name one, that a workload has at most one role of its own account, and that a role is
// bound only where its trust policy lets the workload's service in. A binding holds the role's unique id: a role, and a
// workload, that is made again under its name inherits nothing. It never asks whether the caller may pass the role: the
// doors do, and the operator is the root of every account.
package workload
