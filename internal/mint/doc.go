// Package mint is the only maker of credentials: Entra tokens and AWS sessions.
//
// It owns the choice of the identity, the claims, the lives of what it makes and the cache of tokens that are served
// again. A new credential is in the ledger before anybody gets it. It never decides who may assume a role (access does),
// never reads the store, and has no argument for a time in the past.
package mint
