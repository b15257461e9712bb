package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the store uses
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// room is a guard that can be told that the disk is full.
type room struct {
	mu    sync.Mutex
	left  int // looks that still find room
	tight bool
}

func (r *room) Check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.tight {
		return nil
	}
	if r.left--; r.left < 0 {
		return errors.New("full")
	}
	return nil
}

// clock gives times a second apart.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Second)
	return c.at
}

func newClock() *clock { return &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, &room{}, newClock().now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func upload(space name.GUID, key, content string) Upload {
	return Upload{Space: space, Key: key, Body: strings.NewReader(content), Size: int64(len(content))}
}

func put(t testing.TB, s *Store, space name.GUID, key, content string) Info {
	t.Helper()
	info, err := s.Put(t.Context(), upload(space, key, content))
	if err != nil {
		t.Fatalf("put %.80q: %v", key, err)
	}
	return info
}

func get(t testing.TB, s *Store, space name.GUID, key string) (Info, string) {
	t.Helper()
	o, err := s.Get(t.Context(), space, key)
	if err != nil {
		t.Fatalf("get %.80q: %v", key, err)
	}
	content, err := io.ReadAll(o)
	if err := errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	return o.Info, string(content)
}

func keys(t testing.TB, s *Store, space name.GUID) []string {
	t.Helper()
	page, err := s.List(t.Context(), space, Query{})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, o := range page.Objects {
		list = append(list, o.Key)
	}
	return list
}

func wantFault(t testing.TB, err error, kind fault.Kind, why fault.Reason) {
	t.Helper()
	if !fault.Is(err, why) || !fault.IsKind(err, kind) {
		t.Errorf("got %v, want %s of kind %d", err, why, kind)
	}
}

// uploadsLeft is the number of files in the folder of uploads.
func uploadsLeft(t testing.TB, dir string) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, uploads))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestPutGetReplaceDelete(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	up := upload(space, "a/b.txt", "hello")
	up.Meta = Meta{
		ContentType: "text/plain", ContentEncoding: "gzip", ContentLanguage: "en",
		ContentDisposition: "inline", CacheControl: "no-store", User: map[string]string{"who": "<é>"},
	}
	sum := sha256.Sum256([]byte("hello"))
	mdsum := md5.Sum([]byte("hello")) //nolint:gosec // see the import
	up.SHA256, up.MD5 = strings.ToUpper(hex.EncodeToString(sum[:])), hex.EncodeToString(mdsum[:])
	first, err := s.Put(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	t1 := newClock().now()
	want := Info{
		Key: "a/b.txt", Size: 5, ETag: "5d41402abc4b2a76b9719d911017c592",
		SHA256: hex.EncodeToString(sum[:]), LastModified: t1, Created: t1, Meta: up.Meta,
		Version: t1.UnixNano() / 100, Content: t1.UnixNano() / 100,
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	check := func(s *Store, want Info, content string) {
		t.Helper()
		info, got := get(t, s, space, "a/b.txt")
		head, err := s.Head(t.Context(), space, "a/b.txt")
		if diff := cmp.Diff(want, info); diff != "" || got != content || err != nil || cmp.Diff(want, head) != "" {
			t.Errorf("%q, %v, %s", got, err, diff)
		}
	}
	check(s, want, "hello")
	check(open(t, dir), want, "hello")

	held, err := s.Get(t.Context(), space, "a/b.txt")
	if err != nil {
		t.Fatal(err)
	}
	second := put(t, s, space, "a/b.txt", "other content")
	if !second.Created.Equal(first.Created) || !second.LastModified.After(first.LastModified) || second.User != nil {
		t.Errorf("replaced: %+v", second)
	}
	check(s, second, "other content")
	check(open(t, dir), second, "other content")

	if err := s.Delete(t.Context(), space, "a/b.txt"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.Delete(t.Context(), space, "a/b.txt"), fault.NotFound, NotFound)
	for _, s := range []*Store{s, open(t, dir)} {
		_, err = s.Get(t.Context(), space, "a/b.txt")
		wantFault(t, err, fault.NotFound, NotFound)
		_, err = s.Head(t.Context(), space, "a/b.txt")
		wantFault(t, err, fault.NotFound, NotFound)
	}
	content, err := io.ReadAll(held)
	if err := errors.Join(err, held.Close()); err != nil || string(content) != "hello" {
		t.Errorf("an open object changed under its reader: %q, %v", content, err)
	}
}

// TestA01HostileKeys: keys are bytes, never paths; each is its own object and comes back as it was.
func TestA01HostileKeys(t *testing.T) {
	dir := t.TempDir()
	s, space := open(t, filepath.Join(dir, "objects")), name.NewGUID()
	hostile := []string{
		".", "..", "/", "//", "/etc/passwd", "../../x", "a/../b", "a/./b", "a//b", "a/b/", "a/b", "a", "a/",
		"%2F", "%2f", "%00", "%252F", "\x00", "a\x00b", "\\", "a\\b", "C:\\x", "+", "a b", " a", "a ", "a.", "a..", "CON",
		"é", "e\u0301", "K", "\u212a", "\U0001F511", "\u202e", "\ufffd", "\n", "uploads", "trash", "A", "*", "?",
		strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("/", MaxKey), strings.Repeat("\u0001", MaxKey),
		fileName("a"), space.String() + "/a", "<a&\"'>",
	}
	for _, k := range hostile {
		put(t, s, space, k, "content of "+k)
	}
	for _, s := range []*Store{s, open(t, filepath.Join(dir, "objects"))} {
		for _, k := range hostile {
			if info, got := get(t, s, space, k); got != "content of "+k || info.Key != k {
				t.Errorf("%.40q holds %.60q", k, got)
			}
		}
		if n := len(keys(t, s, space)); n != len(hostile) {
			t.Errorf("%d keys, want %d", n, len(hostile))
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("something was written outside: %v, %v", entries, err)
	}
	for _, k := range []string{"", strings.Repeat("x", MaxKey+1), "a\xff"} {
		_, err := s.Put(t.Context(), upload(space, k, ""))
		wantFault(t, err, fault.Invalid, KeyInvalid)
	}
}

func TestPutRefuses(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	put(t, s, space, "there", "old")
	broken := fault.New(fault.Denied, "x.chunk_signature", "no")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name   string
		change func(up *Upload)
		kind   fault.Kind
		why    fault.Reason
	}{
		{"exists", func(up *Upload) { up.IfNoneMatchAny = true }, fault.Conflict, Exists},
		{"md5", func(up *Upload) { up.MD5 = strings.Repeat("0", 32) }, fault.Invalid, DigestMismatch},
		{"sha256", func(up *Upload) { up.SHA256 = strings.Repeat("0", 64) }, fault.Invalid, DigestMismatch},
		{"short", func(up *Upload) { up.Size++ }, fault.Invalid, SizeMismatch},
		{"long", func(up *Upload) { up.Size-- }, fault.Invalid, SizeMismatch},
		{"announced too large", func(up *Upload) { up.Size = MaxSize + 1 }, fault.Invalid, TooLarge},
		{"breaks off", func(up *Upload) { up.Body = iotest.ErrReader(io.ErrUnexpectedEOF) }, fault.Invalid, BodyFailed},
		{"body's own fault", func(up *Upload) { up.Body = iotest.ErrReader(broken) }, fault.Denied, broken.Reason},
		{"metadata too long", func(up *Upload) { up.Meta.ContentType = strings.Repeat("x", MaxMeta+1) }, fault.Invalid, MetaInvalid},
		{"metadata value", func(up *Upload) { up.Meta.User = map[string]string{"a": "\xff"} }, fault.Invalid, MetaInvalid},
		{"metadata name", func(up *Upload) { up.Meta.User = map[string]string{"\xff": "a"} }, fault.Invalid, MetaInvalid},
		{"no space id", func(up *Upload) { up.Space = name.GUID{} }, fault.Internal, IO},
	} {
		t.Run(tc.name, func(t *testing.T) {
			up := upload(space, "there", "new content")
			tc.change(&up)
			_, err := s.Put(t.Context(), up)
			wantFault(t, err, tc.kind, tc.why)
			if _, got := get(t, s, space, "there"); got != "old" {
				t.Errorf("the object is now %q", got)
			}
			if n := uploadsLeft(t, dir); n != 0 {
				t.Errorf("%d uploads left", n)
			}
		})
	}
	_, err := s.Put(cancelled, upload(space, "new", "x"))
	wantFault(t, err, fault.Invalid, BodyFailed)
	up := upload(space, "new", "unknown size")
	up.Size, up.IfNoneMatchAny = -1, true
	if info, err := s.Put(t.Context(), up); err != nil || info.Size != 12 {
		t.Errorf("unknown size: %+v, %v", info, err)
	}
}

// TestNoSpace: the guard is asked before anything is written, and again while much is written.
func TestNoSpace(t *testing.T) {
	guard, dir, space := &room{}, t.TempDir(), name.NewGUID()
	s, err := Open(dir, guard, newClock().now)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, space, "a", "x")
	guard.tight = true
	_, err = s.Put(t.Context(), upload(space, "b", "x"))
	wantFault(t, err, fault.Unavailable, NoSpace)
	guard.left = 2 // before, and once in the middle
	up := Upload{Space: space, Key: "b", Body: zeros{}, Size: 3*guardEvery + 1}
	_, err = s.Put(t.Context(), up)
	wantFault(t, err, fault.Unavailable, NoSpace)
	if _, got := get(t, s, space, "a"); got != "x" || uploadsLeft(t, dir) != 0 {
		t.Errorf("reading must go on: %q", got)
	}
	if err := s.Delete(t.Context(), space, "a"); err != nil {
		t.Errorf("deleting must go on: %v", err)
	}
}

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestUnknownSizeIsBounded(t *testing.T) {
	if err := checkSize(Upload{Size: -1}, MaxSize); err != nil {
		t.Error(err)
	}
	wantFault(t, checkSize(Upload{Size: -1}, MaxSize+1), fault.Invalid, TooLarge)
}

// TestIfNoneMatchRace: of many writers that want to create one object, one does.
func TestIfNoneMatchRace(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	var wg sync.WaitGroup
	results := make([]error, 16)
	for i := range results {
		wg.Go(func() {
			up := upload(space, "one", fmt.Sprint("writer ", i))
			up.IfNoneMatchAny = true
			_, results[i] = s.Put(t.Context(), up)
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range results {
		if err == nil {
			if winner >= 0 {
				t.Errorf("writers %d and %d both created it", winner, i)
			}
			winner = i
			continue
		}
		wantFault(t, err, fault.Conflict, Exists)
	}
	if _, got := get(t, s, space, "one"); got != fmt.Sprint("writer ", winner) {
		t.Errorf("%q, but writer %d was told that it is its own", got, winner)
	}
}

// TestReadersNeverSeeHalf: while an object is replaced, each reader sees one whole generation with its own description.
func TestReadersNeverSeeHalf(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	put(t, s, space, "k", "0")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				info, content := get(t, s, space, "k")
				sum := sha256.Sum256([]byte(content))
				if info.SHA256 != hex.EncodeToString(sum[:]) {
					t.Errorf("description and content differ: %d bytes of %d", len(content), info.Size)
					return
				}
			}
		})
	}
	for i := range 60 {
		put(t, s, space, "k", strings.Repeat(fmt.Sprint(i), i*997))
	}
	close(done)
	wg.Wait()
}

// TestSpacesShareNothing: a space sees only its own objects, and a removed one is gone with all of them.
func TestSpacesShareNothing(t *testing.T) {
	dir, one, two := t.TempDir(), name.NewGUID(), name.NewGUID()
	s := open(t, dir)
	put(t, s, one, "k", "one")
	put(t, s, two, "k", "two")
	held, err := s.Get(t.Context(), one, "k")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.RemoveSpace(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.Get(t.Context(), one, "k")
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	_, err = s.Put(t.Context(), upload(one, "k", "again"))
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	_, err = s.List(t.Context(), one, Query{})
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	wantFault(t, s.Delete(t.Context(), one, "k"), fault.NotFound, SpaceRemoved)
	_, err = s.Head(t.Context(), one, "k")
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	if content, err := io.ReadAll(held); err != nil || string(content) != "one" || held.Close() != nil {
		t.Errorf("an open object of a removed space: %q, %v", content, err)
	}
	for _, s := range []*Store{s, open(t, dir)} {
		if _, got := get(t, s, two, "k"); got != "two" {
			t.Errorf("the other space holds %q", got)
		}
	}
	if got := keys(t, open(t, dir), one); len(got) != 0 {
		t.Errorf("a removed space has %q", got)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, trash)); err != nil || len(entries) != 0 {
		t.Errorf("trash: %v, %v", entries, err)
	}
}

// TestRemovedWhileUploading: an upload that is under way when its space is removed does not bring the space back.
func TestRemovedWhileUploading(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	put(t, s, space, "a", "x")
	up := Upload{Space: space, Key: "b", Size: -1, Body: readerFunc(func([]byte) (int, error) {
		if err := s.RemoveSpace(t.Context(), space); err != nil {
			t.Error(err)
		}
		return 0, io.EOF
	})}
	_, err := s.Put(t.Context(), up)
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	if _, err := os.Stat(filepath.Join(dir, space.String())); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the space's folder: %v", err)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestServeContent: an open object serves ranges over HTTP, and nothing of its trailer.
func TestServeContent(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	put(t, s, space, "k", "0123456789")
	for header, want := range map[string]string{"": "0123456789", "bytes=2-4": "234", "bytes=-3": "789", "bytes=8-99": "89"} {
		o, err := s.Get(t.Context(), space, "k")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		if header != "" {
			r.Header.Set("Range", header)
		}
		w := httptest.NewRecorder()
		http.ServeContent(w, r, "", o.LastModified, o)
		if got := w.Body.String(); got != want || o.Close() != nil {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	o, err := s.Get(t.Context(), space, "k")
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4)
	if n, err := o.ReadAt(buf, 8); n != 2 || err != io.EOF || o.Close() != nil { //nolint:errorlint // io.ReaderAt
		t.Errorf("read beyond the content: %d, %v", n, err)
	}
}

// TestLargeObject: content of more than one copy step comes back whole.
func TestLargeObject(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	content := bytes.Repeat([]byte("0123456789abcdef"), guardEvery/16+3)
	info, err := s.Put(t.Context(), Upload{Space: space, Key: "k", Body: bytes.NewReader(content), Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	if _, got := get(t, s, space, "k"); got != string(content) || info.Size != int64(len(content)) {
		t.Error("the content differs")
	}
}
