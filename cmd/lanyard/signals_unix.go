//go:build unix

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// foreground tells whether the keyboard's signals reach this process and its children alike.
func foreground() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer tty.Close()                                             //nolint:errcheck // it was only asked
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP) //nolint:gosec // a file descriptor fits
	return err == nil && group == syscall.Getpgrp()
}

// passedSignals are handed on to a child. The keyboard's reach it by itself when it runs in the foreground.
func passedSignals() []os.Signal {
	list := []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
	if !foreground() {
		list = append(list, syscall.SIGINT, syscall.SIGQUIT)
	}
	return list
}

// endSignals end the launcher as long as it has no child.
func endSignals() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
}

// keyboardSignals are those that must not end the launcher before its child.
func keyboardSignals() []os.Signal { return []os.Signal{syscall.SIGINT, syscall.SIGQUIT} }

// exitCode is a child's exit code as shells give it: 128 and the signal's number for one that a signal ended.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
