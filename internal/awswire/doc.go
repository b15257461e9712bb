// Package awswire is how Amazon's protocols look on the wire, as pure functions over bytes.
//
// It owns Signature Version 4 (reading, verifying and making it), the Query protocol's form, the XML envelopes of STS,
// IAM and S3, and the tables from a fault to each dialect's error code. It is the one place where these quirks live.
//
// It never looks a key up, never decides who may do what, never reads a clock and never touches a connection: the key,
// the time and the request arrive as arguments. It never gives a query to net/url's Values, which drop and reorder what
// was signed.
package awswire
