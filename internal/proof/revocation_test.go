//go:build proof && unix

package proof

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// seen is how soon a service that verifies tokens itself must refuse an identity whose tokens ended.
const seen = time.Second

// TestVerifySeesARevocation measures how soon a service outside refuses a token that has just ended.
func TestVerifySeesARevocation(t *testing.T) {
	h := newHouse(t)
	a := newAPI(t, h, 30*time.Second)
	till := h.as(t, "orders-till")
	const rounds = 50
	var took []time.Duration
	for range rounds {
		token := till.mustToken(t, "api://orders", "")
		a.says(t, token, http.StatusOK, "")
		if err := h.ask(http.MethodPost, opwire.PathRevoke, opwire.RevokeRequest{Principal: "orders-till"}, nil); err != nil {
			t.Fatal(err)
		}
		took = append(took, eventually(t, "revoked", func() bool {
			return a.ask(t, "/orders", token).status == http.StatusUnauthorized
		}))
	}
	slices.Sort(took)
	worst := took[len(took)-1]
	verdict := ""
	if worst > seen {
		verdict = ", MISSED"
	}
	figure(t, "a revocation is refused by a service outside after %s at the median and %s at most of %d (at most %s is promised%s)",
		took[rounds/2].Round(time.Millisecond), worst.Round(time.Millisecond), rounds, seen, verdict)
}
