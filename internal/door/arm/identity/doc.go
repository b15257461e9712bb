// Package identity is the resource provider Microsoft.ManagedIdentity: user-assigned identities, their federated
// credentials, the system-assigned identity of any resource, and what an identity is attached to.
//
// It owns the wire's form of them. It never makes ids or principals and never judges a federated credential: the directory
// does. It never says more of an identity than whoever may read it may know.
package identity
