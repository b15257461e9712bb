// Package eks is the part of Amazon EKS that says which role the pods of a cluster have: pod identity associations, the call by
// which a pod's credentials are had (EKS Auth), and the endpoint that pods ask themselves.
//
// It owns those operations' paths, JSON and errors, and what of a service account's token says which pod it is. Who signed a
// request comes from authn, whether a token is good from federation, whether a role may be assumed, bound or changed from access.
// It never runs a cluster, and knows no other part of one.
package eks
