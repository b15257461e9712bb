package keyring

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// TestDerive: a key comes again from the same purpose and context only, and stays known when the sealing key turns over.
func TestDerive(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	key, err := r.Derive("p", []byte("context"))
	if err != nil || len(key) != derivedSize {
		t.Fatalf("%x %v", key, err)
	}
	known := func(r *Ring, purpose, context string) bool {
		return slices.ContainsFunc(slices.Collect(r.Derived(purpose, []byte(context))), func(k []byte) bool { return bytes.Equal(k, key) })
	}
	if !known(r, "p", "context") || known(r, "p", "contexu") || known(r, "q", "context") {
		t.Error("purpose and context must decide")
	}
	h.clock.forward(lastingSealEvery + time.Hour)
	if err := r.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.clock.forward(2 * sealAhead)
	again, err := r.Derive("p", []byte("context"))
	if err != nil || bytes.Equal(again, key) {
		t.Errorf("a new sealing key derives the same: %v", err)
	}
	if !known(r, "p", "context") {
		t.Error("what the earlier key derived is forgotten")
	}
}
