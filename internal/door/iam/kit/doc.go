// Package kit is what the rooms of the IAM door share: the way of a request from its signature to its record, parameters
// with their constraints, pages, and the XML of things that several rooms show.
//
// It owns how a change is decided: the caller's right is asked for before anything is done, and again inside the command,
// by the state that the command changes; and a change by which the caller would get hold of a right that it does not have
// is undone. It never knows a noun's rules: those are the directory's.
package kit
