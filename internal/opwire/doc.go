// Package opwire is the operator's protocol: the paths and JSON bodies that the command and the operator door exchange
// over the server's unix socket.
//
// It owns the names on that wire, which --output json shows as they are. It never connects, serves or decides.
package opwire
