// Package transcripts replays what clients send that cannot be run here: PowerShell, .NET, Java and Terraform's providers.
// Their rows in docs/conformance.md say transcript, never pass: the requests were written down from those clients'
// documentation in our own words, and the client itself has not seen the answers.
//
// It owns the files in testdata and their form. It never changes an answer to fit: a line that does not hold fails.
package transcripts
