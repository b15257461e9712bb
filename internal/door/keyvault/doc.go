// Package keyvault is the Azure Key Vault door: it reads, writes, lists, deletes, recovers and purges the secrets of key
// vaults.
//
// It owns the operations of Key Vault's REST protocol that are offered, and their JSON. The host says which vault is meant,
// or at the listener's own address the first segment of the path. Every request proves itself by a bearer token and is
// decided by the role assignments at the secret's scope before a secret is looked for. It never writes a value anywhere but
// into the answer to whoever may get it.
package keyvault
