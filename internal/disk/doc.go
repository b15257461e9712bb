// Package disk keeps Lanyard honest about space.
//
// It owns the Guard, which answers "no space" before a write would fail half way, and the Ballast, a reserved file
// that is given up so that the audit can still write when everything else must stop. It never writes anything but
// the ballast and never decides what to do about a full disk.
package disk
