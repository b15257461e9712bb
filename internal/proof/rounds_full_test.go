//go:build proof

package proof

// How often scripts/show.sh plays what the quick tests play a few times.
const (
	deletionRounds = 1000
	kills          = 50
)
