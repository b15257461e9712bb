// Command awsclient calls AWS's own SDK for Go, as a user's program would: credentials by the SDK's chain, addresses from the
// settings of "lanyard run".
//
// It owns no check and no retry of its own but what a play says: what the SDK refuses is printed with its code and the request
// id. It never knows why something is refused; the stories in compat do.
package main
