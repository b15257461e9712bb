// Command goclient calls Azure's own SDKs for Go, one operation a call, as a user's program would: credentials by the SDK's
// chain, addresses from the settings of "lanyard run".
//
// It owns no check and no retry of its own: what the SDK returns is printed, what it refuses is its error on standard error
// and exit code 1. It never knows what should happen; the stories in compat do.
package main
