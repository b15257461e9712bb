package etcd_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

const (
	crashWriters = 8
	crashWrites  = 1000
)

// The keys of write i: two, in one transaction, so that a torn one shows.
func crashKey(i int) string   { return fmt.Sprintf("crash/%04d", i) }
func crashTwin(i int) string  { return fmt.Sprintf("twin/%04d", i) }
func crashValue(i int) string { return fmt.Sprintf("value %d of a write that was acknowledged", i) }

func crashOps(i int) []store.Op {
	value := []byte(crashValue(i))
	return []store.Op{{Key: crashKey(i), Value: value}, {Key: crashTwin(i), Value: value}}
}

// txn is the one method of a store that the crash child uses.
type txn func(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error)

// writeUntilKilled is the child: 1,000 concurrent writes, each reported on standard output when it is acknowledged.
func writeUntilKilled(dir string) error {
	s, err := etcd.Open(context.Background(), etcd.Config{Dir: dir})
	if err != nil {
		return err
	}
	if err := writeAll(s.Txn, func(i int) { fmt.Println(i) }); err != nil {
		return err
	}
	fmt.Println("done")
	select {}
}

// acknowledgeEarly is the child with a seeded bug: it acknowledges a write before it is committed.
func acknowledgeEarly(dir string) error {
	s, err := etcd.Open(context.Background(), etcd.Config{Dir: dir})
	if err != nil {
		return err
	}
	early := func(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
		go func() {
			time.Sleep(20 * time.Millisecond)
			if _, err := s.Txn(ctx, compares, ops); err != nil {
				fmt.Fprintln(os.Stderr, "late write:", err)
			}
		}()
		time.Sleep(time.Millisecond)
		return 0, nil
	}
	if err := writeAll(early, func(i int) { fmt.Println(i) }); err != nil {
		return err
	}
	fmt.Println("done")
	select {}
}

func writeAll(do txn, acknowledged func(i int)) error {
	var wg sync.WaitGroup
	errs := make(chan error, crashWriters)
	for w := range crashWriters {
		wg.Go(func() {
			for i := w; i < crashWrites; i += crashWriters {
				if _, err := do(context.Background(), nil, crashOps(i)); err != nil {
					errs <- err
					return
				}
				acknowledged(i)
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

// killDuringWrites starts the child, kills it after a random number of acknowledged writes and a random moment more,
// and gives the writes that it reported.
func killDuringWrites(t *testing.T, mode, dir string) (acknowledged []int) {
	t.Helper()
	cmd := child(t, mode, dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killAfter := rand.IntN(crashWrites)                       //nolint:gosec // any moment will do
	more := time.Duration(rand.IntN(2000)) * time.Microsecond //nolint:gosec // likewise
	lines, killed := bufio.NewScanner(out), false
	for lines.Scan() {
		if line := lines.Text(); line != "done" {
			i, err := strconv.Atoi(line)
			if err != nil {
				t.Fatal(err)
			}
			acknowledged = append(acknowledged, i)
		}
		if !killed && (len(acknowledged) > killAfter || len(acknowledged) == crashWrites) {
			killed = true
			time.AfterFunc(more, func() { _ = cmd.Process.Kill() }) // what it reported meanwhile is still read
		}
	}
	if err := errors.Join(lines.Err()); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !killed {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return acknowledged
}

// lostWrites is the checker: it gives the acknowledged writes that are not there, whole, and fails the test for a write
// of which only one half is.
func lostWrites(t *testing.T, dir string, acknowledged []int) (lost []int) {
	t.Helper()
	s := open(t, dir)
	found := make(map[string]string)
	page, err := s.List(t.Context(), "", "", 0, store.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range page.KVs {
		found[kv.Key] = string(kv.Value)
	}
	for i := range crashWrites {
		if found[crashKey(i)] != found[crashTwin(i)] {
			t.Errorf("write %d is there by half", i)
		}
	}
	for _, i := range acknowledged {
		if found[crashKey(i)] != crashValue(i) {
			lost = append(lost, i)
		}
	}
	return lost
}

// kills is how often the crash test kills; the full proof asks for more by LANYARD_KILLS.
func kills(t *testing.T) int {
	t.Helper()
	text, set := os.LookupEnv("LANYARD_KILLS")
	if !set {
		return 3
	}
	count, err := strconv.Atoi(text)
	if err != nil || count < 1 {
		t.Fatalf("LANYARD_KILLS=%q is no count", text)
	}
	return count
}

func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	total := 0
	for range kills(t) {
		dir := filepath.Join(t.TempDir(), "data")
		acknowledged := killDuringWrites(t, "write", dir)
		if lost := lostWrites(t, dir, acknowledged); len(lost) > 0 {
			t.Fatalf("%d of %d acknowledged writes are lost: %v", len(lost), len(acknowledged), lost)
		}
		total += len(acknowledged)
	}
	t.Logf("%d acknowledged writes, none lost", total)
}

// TestCheckerCatchesEarlyAcknowledgement proves the checker by a store that acknowledges before it commits.
func TestCheckerCatchesEarlyAcknowledgement(t *testing.T) {
	for range 10 {
		dir := filepath.Join(t.TempDir(), "data")
		if len(lostWrites(t, dir, killDuringWrites(t, "write early", dir))) > 0 {
			return
		}
	}
	t.Error("ten kills of a store that acknowledges too early lost nothing: the check cannot fail")
}
