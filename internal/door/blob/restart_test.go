package blob_test

import (
	"io"
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/blob/lease"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// TestALeaseOutlivesTheServer: a lease holds as long after a restart as it would have without one, so that nobody else writes
// the state that its holder was interrupted at.
func TestALeaseOutlivesTheServer(t *testing.T) {
	w, _ := serve(t)
	dir := t.TempDir()
	start := func() (http.Handler, *objects.Store) {
		store, err := objects.Open(dir, doortest.Roomy{}, w.Now)
		if err != nil {
			t.Fatal(err)
		}
		w.Objects = store
		return mount(t, w, w.Ledger, roomy), store
	}
	h, store := start()
	accept(t, w, h, http.StatusCreated, upload(target, "state", nil))
	accept(t, w, h, http.StatusCreated, leaseOp("acquire", "x-ms-lease-duration", "-1", "x-ms-proposed-lease-id", leaseA))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	h, store = start()
	defer store.Close() //nolint:errcheck // the test is over
	if head := accept(t, w, h, http.StatusOK, change(http.MethodHead, target, "")); head.Get("x-ms-lease-state") != "leased" || head.Get("x-ms-lease-duration") != "infinite" {
		t.Errorf("after the restart: %v", head)
	}
	w.Refused(as(w, h, "shared", upload(target, "other", nil)), http.StatusPreconditionFailed, lease.Missing)
	w.Refused(as(w, h, "shared", leaseOp("acquire", "x-ms-lease-duration", "15", "x-ms-proposed-lease-id", leaseB)), http.StatusConflict, lease.Held)
	accept(t, w, h, http.StatusOK, leaseOp("release", "x-ms-lease-id", leaseA))
	accept(t, w, h, http.StatusCreated, upload(target, "other", nil))
}

// endless is content of any length, of which nothing is kept.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e.read + int64(i))
	}
	e.read += int64(len(p))
	return len(p), nil
}

// counting is a client that counts what it is sent.
type counting struct {
	header http.Header
	status int
	sent   int64
}

func (c *counting) Header() http.Header { return c.header }

func (c *counting) WriteHeader(status int) { c.status = status }

func (c *counting) Write(p []byte) (int, error) {
	c.sent += int64(len(p))
	return len(p), nil
}

// TestBlobsAreNeverInMemory sends 256 MiB through the door and back, and counts every byte that was ever allocated for it:
// content passes through buffers, however long it is.
func TestBlobsAreNeverInMemory(t *testing.T) {
	const size, most = 256 << 20, 16 << 20
	w, h := serve(t)
	token := w.Token("shared", doortest.StorageAudience)
	send := func(method string, body io.Reader) *counting {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "https://"+doortest.Host+target, body)
		if err != nil {
			t.Fatal(err)
		}
		r.RequestURI, r.RemoteAddr, r.Header = target, "127.0.0.1:50000", bearing(token)
		if body != nil {
			r.ContentLength = size
			r.Header.Set("Content-Length", strconv.Itoa(size))
			r.Header.Set("x-ms-blob-type", "BlockBlob")
		}
		answer := &counting{header: http.Header{}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h.ServeHTTP(answer, r)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%s of %d bytes allocated %d", method, size, used)
		}
		return answer
	}
	if put := send(http.MethodPut, io.LimitReader(&endless{}, size)); put.status != http.StatusCreated {
		t.Fatalf("%d %v", put.status, put.header)
	}
	if got := send(http.MethodGet, nil); got.status != http.StatusOK || got.sent != size {
		t.Errorf("%d, %d bytes", got.status, got.sent)
	}
}
