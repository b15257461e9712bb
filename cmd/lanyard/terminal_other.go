//go:build !unix

package main

import "os"

// terminal tells whether a file is a character device.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// passedSignals are handed on to a child: here the console signals all its processes itself.
func passedSignals() []os.Signal { return nil }

// keyboardSignals are those that must not end the launcher before its child.
func keyboardSignals() []os.Signal { return []os.Signal{os.Interrupt} }

// exitCode is a child's exit code.
func exitCode(state *os.ProcessState) int { return state.ExitCode() }
