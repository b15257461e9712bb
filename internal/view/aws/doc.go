// Package aws is the AWS half of the View: accounts, roles, policies, providers, buckets and workloads in AWS's words.
//
// It owns the records of these nouns, their indexes and what is compiled from them. A View of the house embeds this one, so
// that a request asks it as any other part; nobody but the room view enters or drops a record, which is why that is done
// by functions and not by methods. It never knows of tenants or of Azure's nouns, and it does no I/O.
package aws
