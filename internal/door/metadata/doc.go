// Package metadata is the door where workloads get tokens without holding a secret of their own: Azure's managed-identity
// endpoints in their App Service, IMDS, Cloud Shell, Azure ML, Automation and Service Fabric forms, and AWS's container
// credentials and instance metadata.
//
// It owns the routes and the flavour of each answer. A request is read in its flavour, matched with the workload that its
// proof belongs to, and answered with a token of that workload's identity or with credentials of its role. The door is the
// only one without TLS, listens on loopback, and refuses whatever came through a proxy. It never picks an identity and
// never falls back to another.
package metadata
