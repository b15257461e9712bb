//go:build !linux

package etcd_test

// systemChildren are the children that need this operating system: none.
func systemChildren() map[string]func(dir string) error { return nil }
