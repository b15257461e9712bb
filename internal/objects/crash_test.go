package objects

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// crashDir names the folder to a child process that only writes, until it is killed.
const crashDir = "LANYARD_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		err := writeUntilKilled(dir)
		fmt.Fprintln(os.Stderr, "the child ended by itself:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var crashSpace = name.MustGUID("11111111-2222-4333-8444-555555555555") //nolint:gochecknoglobals // a constant

// crashContent is the content of round n under a key: its length and bytes follow from both.
func crashContent(key string, n int) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(key, n)))
	return strings.Repeat(hex.EncodeToString(sum[:]), 1+int(sum[0])*8)
}

// writeUntilKilled puts objects from four writers, half of them over older ones, and says "key round" on standard
// output after each that is acknowledged.
func writeUntilKilled(dir string) error {
	s, err := Open(dir, &room{}, time.Now)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make(chan error, 4)
	for w := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("w%d/%d", w, n)
				if n%2 == 1 {
					key = fmt.Sprintf("w%d/again", w)
				}
				if err := putAcknowledged(s, key, n); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	return <-errs
}

func putAcknowledged(s *Store, key string, n int) error {
	content := crashContent(key, n)
	if n%3 == 2 {
		if err := assembleAcknowledged(s, key, n); err != nil {
			return err
		}
		_, err := fmt.Fprintf(os.Stdout, "%s %d\n", key, n)
		return err
	}
	_, err := s.Put(context.Background(), Upload{
		Space: crashSpace, Key: key, Body: strings.NewReader(content), Size: -1,
		Meta: Meta{User: map[string]string{"round": fmt.Sprint(n)}},
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%s %d\n", key, n)
	return err
}

// assembleAcknowledged puts the same content in three parts, and writes its round only afterwards, as a note.
func assembleAcknowledged(s *Store, key string, n int) error {
	content := crashContent(key, n)
	a := Assembly{Space: crashSpace, Key: key, Meta: Meta{User: map[string]string{"round": fmt.Sprint(n), "noted": "no"}}}
	for i, piece := range []string{content[:1], content[1:40], content[40:]} {
		id := fmt.Sprint(i)
		up := PartUpload{Upload: Upload{Space: crashSpace, Key: key, Body: strings.NewReader(piece), Size: -1}, ID: id}
		if _, err := s.Stage(context.Background(), up); err != nil {
			return err
		}
		a.Parts = append(a.Parts, Choice{ID: id, From: Waiting})
	}
	if _, err := s.Assemble(context.Background(), a); err != nil {
		return err
	}
	_, err := s.SetMeta(context.Background(), crashSpace, key, func(now Info) (Meta, error) {
		return Meta{User: map[string]string{"round": now.User["round"]}}, nil
	})
	return err
}

// TestKillDuringPuts kills a writing process at random moments: after each start every acknowledged object is there,
// whole, and nothing is there in part.
func TestKillDuringPuts(t *testing.T) {
	dir := t.TempDir()
	ever, total := map[string]bool{}, 0
	for range 25 {
		latest := crashOnce(t, dir, time.Duration(1+rand.IntN(50))*time.Millisecond) //nolint:gosec // a moment
		present := afterCrash(t, dir)
		for key, n := range latest {
			ever[key] = true
			if got, ok := present[key]; ok && got < n {
				t.Errorf("%s: round %d was acknowledged, there is round %d", key, n, got)
			}
		}
		for key := range ever {
			if _, ok := present[key]; !ok {
				t.Errorf("%s was acknowledged and is not there", key)
			}
		}
		total += len(latest)
	}
	if total < 25 {
		t.Errorf("only %d objects were acknowledged: the test shows nothing", total)
	}
	t.Logf("%d objects acknowledged over 25 kills", total)
}

// crashOnce lets a child write for a while after its first acknowledgement, kills it, and gives the last round that it
// acknowledged for each key.
func crashOnce(t *testing.T, dir string, life time.Duration) map[string]int {
	t.Helper()
	acknowledged := map[string]int{}
	child := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test binary
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines, first := bufio.NewReader(out), true
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // a line without its end was not acknowledged to anybody
			break
		}
		if first {
			first = false
			time.AfterFunc(life, func() { _ = child.Process.Kill() })
		}
		var key string
		var n int
		if _, err := fmt.Sscan(line, &key, &n); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		acknowledged[key] = n
	}
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Errorf("the child was to be killed: %v", err)
	}
	return acknowledged
}

// afterCrash starts again, checks that every object is whole, and gives the round of each.
func afterCrash(t *testing.T, dir string) map[string]int {
	t.Helper()
	s := open(t, dir)
	if n := uploadsLeft(t, dir); n != 0 {
		t.Errorf("%d uploads left after a start", n)
	}
	present := map[string]int{}
	for after := ""; ; {
		page, err := s.List(t.Context(), crashSpace, Query{After: after, Max: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range page.Objects {
			present[info.Key] = checkWhole(t, s, info)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	return present
}

// checkWhole reads an object and compares it with what was written in its round.
func checkWhole(t *testing.T, s *Store, info Info) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(info.User["round"], &n); err != nil {
		t.Errorf("%s: %v", info.Key, err)
	}
	o, err := s.Get(t.Context(), crashSpace, info.Key)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(o)
	if err != nil || o.Close() != nil || string(content) != crashContent(info.Key, n) {
		t.Errorf("%s of round %d is not what was written: %d bytes, %v", info.Key, n, len(content), err)
	}
	return n
}
