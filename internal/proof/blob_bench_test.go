//go:build proof && linux

package proof

import (
	"net/http"
	"testing"
)

// TestBenchBlobReads measures reading a small and a large blob with a bearer token, each beside net/http's own file server
// over TLS with a file of the same length.
func TestBenchBlobReads(t *testing.T) {
	b := newBench(t)
	b.putBig(t)
	a, err := b.blob(http.MethodPut, hugeBlob, b.operatorToken(t, storage), make([]byte, hugeSize))
	if err != nil || a.status != http.StatusCreated {
		t.Fatalf("put %s: %v, %d: %s", hugeBlob, err, a.status, a.body)
	}
	header := map[string]string{"Authorization": "Bearer " + b.w.mustToken(t, storage, ""), "x-ms-version": "2021-08-06"}
	get := func(path string) []byte { return written(t, b.request(http.MethodGet, "blob", path, nil, header)) }
	door, file := b.at(t, "blob"), floor(t, "file")
	huge := load{Requests: [][]byte{get(hugeBlob)}, Conns: 4, Duration: benchTime}
	pair{"Blob GET of 4 KiB", door, file, steady(get(bigBlob)), 50}.compare(t)
	pair{"Blob GET of 64 MiB", door, file, huge, 90}.compare(t)
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}
