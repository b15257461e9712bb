package keyring

import (
	"bytes"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestSealing(t *testing.T) {
	r := newHouse(t).open(t)
	for _, plain := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("y"), 4096)} {
		for name, seal := range map[string]func(string, []byte, []byte) ([]byte, error){"day": r.Seal, "lasting": r.SealLasting} {
			a, err := seal("session", []byte("account"), plain)
			must(t, err)
			b, err := seal("session", []byte("account"), plain)
			must(t, err)
			if bytes.Equal(a, b) {
				t.Errorf("%s: sealing twice gives the same bytes", name)
			}
			if len(a) != len(plain)+SealOverhead {
				t.Errorf("%s: %d bytes more, want %d", name, len(a)-len(plain), SealOverhead)
			}
			if got, err := r.Unseal("session", []byte("account"), a); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s: Unseal = %q, %v", name, got, err)
			}
		}
	}
	if _, err := r.Seal("a\x00b", nil, nil); err == nil {
		t.Error("a purpose with a NUL is accepted")
	}
}

// TestJ30SealedTokenModified changes a sealed token in every way that leaves some of it: each must be refused.
func TestJ30SealedTokenModified(t *testing.T) {
	r := newHouse(t).open(t)
	plain := []byte(`{"secret":"s","role":"AROA"}`)
	sealed, err := r.Seal("session", []byte("123456789012"), plain)
	must(t, err)
	refused := func(what string, b []byte) {
		t.Helper()
		if got, err := r.Unseal("session", []byte("123456789012"), b); err == nil || got != nil {
			t.Errorf("%s: opened to %q", what, got)
		} else if !fault.Is(err, NotSealed) && !fault.Is(err, SealKeyGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for n := range sealed {
		refused("prefix", sealed[:n])
		refused("suffix", sealed[n+1:])
		refused("byte taken out", append(bytes.Clone(sealed[:n]), sealed[n+1:]...))
		refused("byte put in", append(append(bytes.Clone(sealed[:n]), 0), sealed[n:]...))
		for bit := range 8 {
			flipped := bytes.Clone(sealed)
			flipped[n] ^= 1 << bit
			refused("bit flipped", flipped)
		}
	}
	refused("appended", append(bytes.Clone(sealed), 0))
	refused("doubled", append(bytes.Clone(sealed), sealed...))
	for _, tc := range []struct{ purpose, aad string }{
		{"session", "123456789013"},
		{"session", ""},
		{"Session", "123456789012"},
		{"", "123456789012"},
		{"session\x00123456789012", ""},
		{"sessio", "n\x00123456789012"},
		{"session", "123456789012\x00"},
	} {
		if _, err := r.Unseal(tc.purpose, []byte(tc.aad), sealed); !fault.Is(err, NotSealed) {
			t.Errorf("as %q of %q: %v, want %s", tc.purpose, tc.aad, err, NotSealed)
		}
	}
	if _, err := newHouse(t).open(t).Unseal("session", []byte("123456789012"), sealed); !fault.Is(err, SealKeyGone) {
		t.Errorf("another installation: %v, want %s", err, SealKeyGone)
	}
}

// TestSealingKeysTurnOver lives through a month by the hour.
func TestSealingKeysTurnOver(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	lasting, err := r.SealLasting("secret", nil, []byte("kept"))
	must(t, err)
	type made struct {
		at     time.Time
		sealed []byte
	}
	var all []made
	keys := map[string]bool{}
	for range 24 * 30 {
		must(t, r.Maintain(t.Context()))
		sealed, err := r.Seal("session", nil, []byte("x"))
		must(t, err)
		keys[string(sealed[1:sealHead])] = true
		all = append(all, made{h.clock.t, sealed})
		for _, m := range all[max(0, len(all)-38):] {
			age := h.clock.t.Sub(m.at)
			if _, err := r.Unseal("session", nil, m.sealed); err != nil && age <= 37*time.Hour {
				t.Fatalf("not open after %v: %v", age, err)
			}
		}
		h.clock.forward(time.Hour)
	}
	if len(keys) < 28 || len(keys) > 31 {
		t.Errorf("%d keys sealed in 30 days", len(keys))
	}
	if got := len(r.snap.Load().sealing); got > 5 {
		t.Errorf("%d sealing keys are kept", got)
	}
	if _, err := r.Unseal("session", nil, all[0].sealed); !fault.Is(err, SealKeyGone) {
		t.Errorf("after a month: %v, want %s", err, SealKeyGone)
	}
	if got, err := r.Unseal("secret", nil, lasting); err != nil || string(got) != "kept" {
		t.Errorf("what is kept: %q, %v", got, err)
	}
}

// TestNewSealingKeyWaitsForOtherServers: a key that another server may not know yet does not seal.
func TestNewSealingKeyWaitsForOtherServers(t *testing.T) {
	h := newHouse(t)
	a, b := h.open(t), h.open(t)
	h.clock.forward(24 * time.Hour)
	must(t, a.Maintain(t.Context()))
	sealed, err := a.Seal("session", nil, []byte("x"))
	must(t, err)
	if _, err := b.Unseal("session", nil, sealed); err != nil {
		t.Errorf("a server that has not reloaded yet: %v", err)
	}
}

func FuzzUnseal(f *testing.F) {
	r, err := Open(f.Context(), Config{
		Store: newFuzzStore(f), StoreID: "s", KEKPath: f.TempDir() + "/kek", Now: time.Now,
	})
	if err != nil {
		f.Fatal(err)
	}
	good, err := r.Seal("session", []byte("a"), []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("session", []byte("a"), good)
	f.Add("session", []byte("a"), good[:len(good)-1])
	f.Add("", []byte(nil), []byte{sealVersion})
	f.Add("other", []byte("a"), good)
	f.Fuzz(func(t *testing.T, purpose string, aad, sealed []byte) {
		plain, err := r.Unseal(purpose, aad, sealed)
		genuine := purpose == "session" && string(aad) == "a" && bytes.Equal(sealed, good)
		if (err == nil) != genuine {
			t.Errorf("Unseal(%q, %q, %x) = %q, %v", purpose, aad, sealed, plain, err)
		}
	})
}

func BenchmarkSeal1KiB(b *testing.B) {
	r := benchRing(b)
	plain, aad := make([]byte, 1024), []byte("123456789012")
	for b.Loop() {
		if _, err := r.Seal("session", aad, plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnseal1KiB(b *testing.B) {
	r := benchRing(b)
	aad := []byte("123456789012")
	sealed, err := r.Seal("session", aad, make([]byte, 1024))
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := r.Unseal("session", aad, sealed); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkSigner(b *testing.B) {
	r := benchRing(b)
	for b.Loop() {
		_ = r.Signer(RS256)
	}
}
