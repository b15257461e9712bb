//go:build !unix

package demo

import "os/exec"

// ownGroup does nothing: there are no process groups here.
func ownGroup(*exec.Cmd) {}

// killGroup kills the child alone.
func killGroup(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // a process that is gone needs no killing
}
