//go:build proof

package proof

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// storedLength is about the length of a widget's record.
const storedLength = 600

// playStore is the floor of a durable change over the network: net/http over TLS, a body read, one record in a transaction of
// its own, and an answer as long. It knows no caller, judges nothing and keeps no ledger.
func playStore() error {
	dir, err := os.MkdirTemp("", "floor-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over is only untidy
	s, err := etcd.Open(context.Background(), etcd.Config{Dir: filepath.Join(dir, "store")})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it is thrown away
	var count atomic.Int64
	value, answer := make([]byte, storedLength), []byte(strings.Repeat("x", storedLength))
	return serveFloor(true, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		op := store.Op{Key: fmt.Sprintf("proof/%d", count.Add(1)), Value: value}
		if _, err := s.Txn(r.Context(), nil, []store.Op{op}); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(answer) // a load that has gone reads nothing
	})
}
