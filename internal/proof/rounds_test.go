//go:build !proof && unix

package proof

// How often the quick tests play what scripts/show.sh plays in full.
const (
	deletionRounds = 12
	kills          = 2
)

// roles: the quick tests play no parts in child processes.
func roles() map[string]func() error { return nil }
