// Package opwire is the operator's protocol: the paths and JSON bodies that the command and the operator door exchange
// over the server's unix socket, and the words in which a record is explained.
//
// It owns the names on that wire, which --output json shows as they are, the text of an explanation and the command that
// helps after a refusal. It never connects, serves or decides.
package opwire
