// Package names says whether the host names of an installation lead to it from this machine.
//
// It owns the look-up of key vaults' names, which the doctor adds to what the server finds, and the line for the hosts file
// that mends it. It never changes anything, and asks nobody but the server and the machine's own resolver.
package names
