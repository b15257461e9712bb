// Package pods is how clusters and their pod identity associations are made, changed and deleted.
//
// It owns their rules: what they may be called, that an association names one service account of one cluster and a role of the
// cluster's own account, by the ids that die with them, and that a cluster's issuer stays what it was. It never asks whether the
// caller may pass the role: the door does, and the operator is the root of every account.
package pods
