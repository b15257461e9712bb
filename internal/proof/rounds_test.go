//go:build !proof

package proof

// How often the quick tests play what scripts/show.sh plays in full.
const (
	deletionRounds = 12
	kills          = 2
)
