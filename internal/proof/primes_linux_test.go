//go:build proof && linux

package proof

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// moduli are the public RSA keys that the installation publishes.
func (h *house) moduli(t *testing.T) []*big.Int {
	t.Helper()
	a, err := h.send(h.request(http.MethodGet, "entra", "/"+h.status.Tenant+"/discovery/keys", nil, nil))
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("the published keys: %v, status %d: %s", err, a.status, a.body)
	}
	var set struct {
		Keys []struct{ Kty, N string }
	}
	if err := json.Unmarshal(a.body, &set); err != nil {
		t.Fatal(err)
	}
	var out []*big.Int
	for _, k := range set.Keys {
		if k.Kty != "RSA" {
			continue
		}
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		if err != nil {
			t.Fatal(err)
		}
		if m := new(big.Int).SetBytes(n); !slices.ContainsFunc(out, func(o *big.Int) bool { return o.Cmp(m) == 0 }) {
			out = append(out, m)
		}
	}
	return out
}

// primes finds the private parts of the published RSA keys in the server's own memory, where they must be: every 1,024
// bits that divide a modulus. It is how the proof knows bytes that no door ever shows.
func (h *house) primes(t *testing.T) [][]byte {
	t.Helper()
	moduli := h.moduli(t)
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", h.process.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", h.process.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	var found [][]byte
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil || !strings.HasPrefix(mode, "rw") {
			continue
		}
		region := make([]byte, to-from)
		n, _ := memory.ReadAt(region, from) // what cannot be read holds nothing
		found = append(found, divisors(region[:n], moduli)...)
	}
	return found
}

// divisors gives the numbers of half a modulus' length in a memory region that divide one, with the lowest byte first as
// the processor keeps them.
func divisors(region []byte, moduli []*big.Int) (found [][]byte) {
	const size = 128
	candidate, rest := new(big.Int), new(big.Int)
	for at := 0; at+size <= len(region); at += 8 {
		if region[at]&1 == 0 || region[at+size-1] < 0xc0 { // a prime of 1,024 bits is odd, and long
			continue
		}
		little := region[at : at+size]
		big := slices.Clone(little)
		slices.Reverse(big)
		candidate.SetBytes(big)
		for _, m := range moduli {
			if rest.Mod(m, candidate).Sign() == 0 && !slices.ContainsFunc(found, func(f []byte) bool { return slices.Equal(f, big) }) {
				found = append(found, big)
			}
		}
	}
	return found
}
