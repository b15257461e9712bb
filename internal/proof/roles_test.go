//go:build proof

package proof

// roles are the parts that the test binary plays in child processes.
func roles() map[string]func() error {
	return map[string]func() error{
		"stranger": stranger, "load": playLoad,
		"hello": playHello, "secure hello": playSecureHello, "file": playFile, "exchange": playExchange, "sign": playSign, "pages": playPages, "store": playStore, "put": playPut,
	}
}
