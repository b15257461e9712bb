// Package launch makes the environment in which a client of Lanyard runs: which inherited variables are dropped, which
// are set, and the folder of client configuration that belongs to one launch.
//
// It owns the one list of variables by which SDKs, command lines and Terraform choose where they go and who they are.
// Its promise is that the default chain of an unmodified client ends at Lanyard or fails here: whatever could lead it to a
// real cloud (an inherited key, a profile in the home folder, a proxy, the machine's own metadata service) is dropped,
// replaced or fenced off. It never starts a process, never asks the server and never reads the user's own configuration.
package launch
