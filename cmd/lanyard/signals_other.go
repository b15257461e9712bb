//go:build !unix

package main

import "os"

// passedSignals are handed on to a child: here the console signals all its processes itself.
func passedSignals() []os.Signal { return nil }

// endSignals end the launcher as long as it has no child.
func endSignals() []os.Signal { return []os.Signal{os.Interrupt} }

// keyboardSignals are those that must not end the launcher before its child.
func keyboardSignals() []os.Signal { return []os.Signal{os.Interrupt} }

// exitCode is a child's exit code.
func exitCode(state *os.ProcessState) int { return state.ExitCode() }
