package audit

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// notes are the records that the log wrote about itself.
func notes(t *testing.T, l *Log, operation string) []Record {
	t.Helper()
	var out []Record
	for rec, err := range l.Query(t.Context(), Filter{Outcome: Noted, Operation: operation}) {
		must(t, err)
		out = append(out, rec)
	}
	return out
}

// TestTornTail cuts the last line at many places, as a crash may, and opens the log again.
func TestTornTail(t *testing.T) {
	seed := t.TempDir()
	l := open(t, seed, Options{})
	all := write(t, l, 0, 3)
	must(t, l.Close())
	path := lastSegment(t, seed)
	whole, err := os.ReadFile(path)
	must(t, err)
	rest, line, _ := lastLine(whole)
	for cut := range len(line) + 1 {
		if cut > 3 && cut < len(line)-3 && cut%23 != 0 {
			continue
		}
		dir := t.TempDir()
		must(t, os.MkdirAll(filepath.Join(dir, "ledger"), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, "ledger", filepath.Base(path)), whole[:len(rest)+cut], 0o600))
		l := open(t, dir, Options{})
		cutNotes := notes(t, l, tailOperation)
		if cut == 0 && len(cutNotes) != 0 {
			t.Error("a tail was noted where none was")
		}
		if cut > 0 && (len(cutNotes) != 1 || cutNotes[0].Input[inputBytes] != strconv.Itoa(cut)) {
			t.Fatalf("cut at %d: notes %v", cut, cutNotes)
		}
		for i, rec := range all {
			if _, err := l.Find(t.Context(), rec.ID); (err == nil) != (i < 2) {
				t.Errorf("cut at %d: record %d: %v", cut, i, err)
			}
		}
		write(t, l, 10, 12)
		must(t, l.Close())
		verified(t, dir)
	}
}

// TestZerosBehindTheLines leaves room behind the lines, as a process that is killed does: nothing is missing, nothing is
// noted, and the next line stands where it should. It is the same behind an older segment, and behind a torn line.
func TestZerosBehindTheLines(t *testing.T) {
	for _, zeros := range []int{1, 4095, 4096, 4097, 256 << 10} {
		dir := t.TempDir()
		l := open(t, dir, Options{SegmentBytes: 2000})
		all := write(t, l, 0, 5)
		must(t, l.Close())
		segments, err := listSegments(filepath.Join(dir, "ledger"))
		must(t, err)
		for _, s := range segments {
			b, err := os.ReadFile(s.path)
			must(t, err)
			must(t, os.WriteFile(s.path, append(b, make([]byte, zeros)...), 0o600))
		}
		verified(t, dir)
		l = open(t, dir, Options{SegmentBytes: 2000})
		all = append(all, write(t, l, 5, 6)...)
		if got := notes(t, l, ""); len(got) != 0 {
			t.Errorf("%d zeros: noted %v", zeros, got)
		}
		for _, rec := range all {
			if _, err := l.Find(t.Context(), rec.ID); err != nil {
				t.Errorf("%d zeros: %v", zeros, err)
			}
		}
		must(t, l.Close())
		if v := verified(t, dir); v.Lines != 6 || len(segments) < 2 {
			t.Errorf("%d zeros: %d lines in %d segments", zeros, v.Lines, len(segments))
		}
		path := lastSegment(t, dir)
		b, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, append(append(b, "torn"...), make([]byte, zeros)...), 0o600))
		l = open(t, dir, Options{})
		if got := notes(t, l, tailOperation); len(got) != 1 || got[0].Input[inputBytes] != "4" {
			t.Errorf("%d zeros behind a torn line: noted %v", zeros, got)
		}
		must(t, l.Close())
		verified(t, dir)
	}
}

// TestEveryFlippedBitIsFound flips each bit of a ledger in turn: the walk must stop at the line. And opening the log
// must neither lose another line nor repair the evidence away.
func TestEveryFlippedBitIsFound(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	all := write(t, l, 0, 4)
	must(t, l.Close())
	path := lastSegment(t, dir)
	whole, err := os.ReadFile(path)
	must(t, err)
	for at := range whole {
		for bit := range 8 {
			flipped := bytes.Clone(whole)
			flipped[at] ^= 1 << bit
			line := uint64(bytes.Count(whole[:at], []byte{'\n'})) // lines that end before the flip
			w := walker{}
			if err := w.segment(segment{first: 1}, flipped); err == nil {
				t.Fatalf("bit %d of byte %d: no break is found", bit, at)
			}
			if w.head.Seq != line {
				t.Errorf("bit %d of byte %d, in line %d: break after line %d", bit, at, line+1, w.head.Seq)
			}
		}
		if at%97 == 0 || whole[at] == '\n' {
			openFlipped(t, filepath.Base(path), whole, at, all)
		}
	}
}

// openFlipped opens a log with one flipped bit and expects all other lines, the flipped bytes, and a log that works.
func openFlipped(t *testing.T, base string, whole []byte, at int, all []Record) {
	t.Helper()
	dir := t.TempDir()
	flipped := bytes.Clone(whole)
	flipped[at] ^= 4
	path := filepath.Join(dir, "ledger", base)
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, flipped, 0o600))
	l := open(t, dir, Options{})
	write(t, l, 10, 12)
	if got := notes(t, l, damOperation); len(got) != 1 || len(l.Stats().Troubles) != 1 {
		t.Errorf("byte %d: notes %v, troubles %v", at, got, l.Stats().Troubles)
	}
	hit := bytes.Count(whole[:at], []byte{'\n'})
	for i, rec := range all {
		_, err := l.Find(t.Context(), rec.ID)
		if i != hit && i != hit+1 && err != nil { // a flipped newline takes the next line with it
			t.Errorf("byte %d: record %d: %v", at, i, err)
		}
	}
	must(t, l.Close())
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, flipped) {
		t.Errorf("byte %d: the evidence was changed (%v)", at, err)
	}
	v, err := VerifyFolder(t.Context(), filepath.Dir(path))
	must(t, err)
	if v.Break == nil || v.Break.After != uint64(hit) || v.Break.Segment != base { //nolint:gosec // a small count
		t.Errorf("byte %d in line %d: after a restart the verdict is %+v %+v", at, hit+1, v, v.Break)
	}
}

func TestVerifyFindsWhatIsMissing(t *testing.T) {
	fill := func(t *testing.T) (dir string, segments []segment, head Head) {
		dir = t.TempDir()
		l := open(t, dir, Options{SegmentBytes: 1500})
		write(t, l, 0, 20)
		head = l.Head()
		must(t, l.Close())
		segments, err := listSegments(filepath.Join(dir, "ledger"))
		must(t, err)
		if len(segments) < 5 {
			t.Fatalf("only %d segments", len(segments))
		}
		return dir, segments, head
	}
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, s []segment)
	}{
		{"oldest segment", func(t *testing.T, s []segment) { must(t, os.Remove(s[0].path)) }},
		{"middle segment", func(t *testing.T, s []segment) { must(t, os.Remove(s[2].path)) }},
		{"newest segment", func(t *testing.T, s []segment) { must(t, os.Remove(s[len(s)-1].path)) }},
		{"all segments", func(t *testing.T, s []segment) {
			for _, one := range s {
				must(t, os.Remove(one.path))
			}
		}},
		{"last line", func(t *testing.T, s []segment) {
			b, err := s[len(s)-1].read()
			must(t, err)
			rest, _, _ := lastLine(b)
			must(t, os.WriteFile(s[len(s)-1].path, rest, 0o600))
		}},
		{"line in the middle", func(t *testing.T, s []segment) {
			b, err := s[1].read()
			must(t, err)
			_, rest, _ := cutLine(b)
			must(t, os.WriteFile(s[1].path, rest, 0o600))
		}},
		{"two lines change places", func(t *testing.T, s []segment) {
			b, err := s[1].read()
			must(t, err)
			first, rest, _ := cutLine(b)
			second, rest, _ := cutLine(rest)
			must(t, os.WriteFile(s[1].path, slices.Concat(second, []byte("\n"), first, []byte("\n"), rest), 0o600))
		}},
		{"another chain of the same length", func(t *testing.T, s []segment) {
			for _, one := range s {
				must(t, os.Remove(one.path))
			}
			l := open(t, filepath.Dir(filepath.Dir(s[0].path)), Options{})
			write(t, l, 100, 120)
			must(t, l.Close())
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, segments, head := fill(t)
			tc.spoil(t, segments)
			v, err := VerifyFolder(t.Context(), filepath.Join(dir, "ledger"), head)
			must(t, err)
			if v.Break == nil {
				t.Errorf("no break is found: %+v", v)
			}
		})
	}
}

// TestMain serves as the process that is killed, when told so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("AUDIT_TEST_WRITE_TO"); dir != "" {
		writeForever(dir)
	}
	os.Exit(m.Run())
}

// writeForever writes records from several goroutines and prints the id of each one that Ledger acknowledged.
func writeForever(dir string) {
	l, err := Open(dir, Options{Now: time.Now, SegmentBytes: 20_000})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(3)
	}
	for w := range 8 {
		go func() {
			for n := 0; ; n++ {
				rec := record(w*1_000_000 + n)
				if err := l.Ledger(context.Background(), rec); err != nil {
					fmt.Println("error", err)
					os.Exit(3)
				}
				_, _ = os.Stdout.WriteString(rec.ID.String() + "\n")
			}
		}()
	}
	select {}
}

// TestCrash kills a writing process again and again: every record that was acknowledged is there afterwards, and the
// chain is whole.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	acknowledged := 0
	for round := range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), "AUDIT_TEST_WRITE_TO="+dir)
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		var ids []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			ids = append(ids, lines.Text())
			if len(ids) == 200+round*37 {
				must(t, child.Process.Kill())
			}
		}
		_ = child.Wait() // it was killed
		found := map[string]bool{}
		l := open(t, dir, Options{SegmentBytes: 20_000})
		for rec, err := range l.Query(t.Context(), Filter{Outcome: Issued}) {
			must(t, err)
			found[rec.ID.String()] = true
		}
		for i, id := range ids {
			if strings.HasPrefix(id, "error") {
				t.Fatal(id)
			}
			if !found[id] && (i < len(ids)-1 || len(id) == 36) { // the pipe may tear the last id
				t.Fatalf("round %d: acknowledged record %q is lost", round, id)
			}
		}
		acknowledged += len(ids)
		must(t, l.Close())
		verified(t, dir)
	}
	if acknowledged < 1000 {
		t.Errorf("only %d records were acknowledged", acknowledged)
	}
}

// noSync spares a test the wait for the disk.
type noSync struct{ file }

func (noSync) Sync() error { return nil }

// FuzzRecover opens a stream whose last segment ends in anything.
func FuzzRecover(f *testing.F) {
	opt := chainOptions{
		stream: LedgerStream, now: newTick().now, segmentBytes: 1 << 16,
		open: func(path string) (file, error) {
			f, err := openDiskFile(path)
			return noSync{f}, err
		},
	}
	var whole []byte
	head := Head{}
	for n := range 2 {
		body, err := encodeBody(new(record(n)))
		if err != nil {
			f.Fatal(err)
		}
		whole, head = appendLine(whole, body, head)
	}
	f.Add([]byte(nil))
	f.Add([]byte("{"))
	f.Add([]byte("\n"))
	f.Add([]byte("\x00"))
	f.Add([]byte("\x00\x00\n\x00"))
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Fuzz(func(t *testing.T, tail []byte) {
		dir := t.TempDir()
		path := segmentPath(dir, 1, time.UnixMilli(1))
		must(t, os.WriteFile(path, append(bytes.Clone(whole), tail...), 0o600))
		c, err := openChain(dir, opt)
		must(t, err)
		if unused := len(bytes.TrimRight(tail, "\x00")) == 0; c.head.Seq < head.Seq+1 && !unused {
			t.Errorf("tail %q: no note follows line %d", tail, c.head.Seq)
		}
		body, err := encodeBody(new(record(9)))
		must(t, err)
		must(t, c.append(body))
		must(t, c.close())
		now, err := os.ReadFile(path)
		must(t, err)
		if !bytes.HasPrefix(now, whole) {
			t.Errorf("tail %q: what was acknowledged is changed", tail)
		}
		v, err := VerifyFolder(t.Context(), dir)
		must(t, err)
		if v.Break == nil && bytes.ContainsRune(tail, '\n') || v.Head.Seq < head.Seq {
			t.Errorf("tail %q: %+v", tail, v)
		}
	})
}
