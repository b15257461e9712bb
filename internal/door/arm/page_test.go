package arm_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// gone is a connection whose caller went away in the middle of an answer, and which holds the answer's memory still.
type gone struct {
	nowhere
	held *[]byte
}

func (g gone) Write(b []byte) (int, error) {
	*g.held = b
	return 0, errors.New("the stream is closed")
}

// TestAPageThatWasNotTakenIsUsedByNobodyElse: HTTP/2 may still be sending an answer whose Write has failed, so another
// caller's must not be written over it.
func TestAPageThatWasNotTakenIsUsedByNobodyElse(t *testing.T) {
	w, h := serve(t)
	var held []byte
	req := as(w, "function", "GET", northSub+"/resourcegroups"+rest, "")
	r := httptest.NewRequest(req.Method, req.Target, http.NoBody)
	r.Header = req.Header
	func() {
		defer func() { _ = recover() }() // the connection is cut off
		h.ServeHTTP(gone{nowhere{http.Header{}}, &held}, r)
	}()
	if len(held) == 0 {
		t.Fatal("nothing was written")
	}
	before := slices.Clone(held)
	for range 10 {
		w.Want(h, http.StatusOK, as(w, "function", "GET", northSub+auth+"roleDefinitions"+rest, ""))
	}
	if !slices.Equal(held, before) {
		t.Errorf("it became\n%s", held)
	}
}
