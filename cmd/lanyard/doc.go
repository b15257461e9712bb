// Command lanyard serves, operates and uses an installation of Lanyard.
//
// It owns the verbs, their help, their output and their exit codes: 0 done, 1 refused or failed, 2 wrong use, 70 when the
// store failed under a running server. One file is one verb; what the verbs share is in cli.go (the root and the list of
// verbs), output.go and failure.go. It never decides anything: a verb says what is wanted to package server, or to a
// running server over the operator's socket, and prints what came of it.
package main
