// Command hashicorp signs in with the library that HashiCorp's providers for Azure find a cloud and sign in by, told what
// they are told: ARM_METADATA_HOSTNAME and the other ARM_ variables.
//
// It owns no check: what the library gets is printed, what it refuses is its error on standard error and exit code 1. It
// never knows what should happen; the stories in compat do.
package main
