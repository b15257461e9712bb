package objects

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

func stagePart(t testing.TB, s *Store, up PartUpload) Part {
	t.Helper()
	part, err := s.Stage(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	return part
}

// assemble makes an object of parts; an id with a + is looked for in the object, with a - among what waits.
func assemble(t testing.TB, s *Store, space name.GUID, key string, ids ...string) (Info, error) {
	t.Helper()
	a := Assembly{Space: space, Key: key, Meta: Meta{ContentType: "text/plain"}}
	for _, id := range ids {
		c := Choice{ID: strings.Trim(id, "+-")}
		switch {
		case strings.HasPrefix(id, "+"):
			c.From = Assembled
		case strings.HasPrefix(id, "-"):
			c.From = Waiting
		}
		a.Parts = append(a.Parts, c)
	}
	return s.Assemble(t.Context(), a)
}

func waiting(t testing.TB, s *Store, space name.GUID, key string) (ids []string) {
	t.Helper()
	_, _, list, err := s.Parts(t.Context(), space, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

// partFiles gives the files of parts on the disk, whatever the store knows.
func partFiles(t testing.TB, dir string, space name.GUID) (files []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, space.String(), partsFolder), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != openMarker {
			files = append(files, path)
		}
		return gone(err)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAssemble(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	for id, content := range map[string]string{"a": "Alpha", "b": "Beta", "c": "never"} {
		stagePart(t, s, PartUpload{Upload: upload(space, "k", content), ID: id})
	}
	if got := keys(t, s, space); len(got) != 0 {
		t.Fatalf("parts show before they are assembled: %v", got)
	}
	before := map[string]os.FileInfo{}
	for _, f := range partFiles(t, dir, space) {
		before[f], _ = os.Stat(f)
	}
	info, err := assemble(t, s, space, "k", "b", "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, content := get(t, s, space, "k")
		if diff := cmp.Diff(info, got); diff != "" || content != "BetaAlphaBeta" {
			t.Errorf("%q %s", content, diff)
		}
		if got := waiting(t, s, space, "k"); len(got) != 0 {
			t.Errorf("parts wait after the end: %v", got)
		}
		files := partFiles(t, dir, space)
		for _, f := range files {
			if now, err := os.Stat(f); err != nil || !os.SameFile(before[f], now) || !now.ModTime().Equal(before[f].ModTime()) {
				t.Errorf("the bytes of a part were written again: %v", err)
			}
		}
		if len(files) != 2 {
			t.Errorf("%d parts on the disk, 2 are needed", len(files))
		}
		s = open(t, dir)
	}
	if info.Size != 13 || info.Parts != 3 || !strings.HasSuffix(info.ETag, "-3") {
		t.Errorf("%+v", info)
	}
}

// TestAssembleAgain: a part of the object can be used again beside new ones, and nothing else can.
func TestAssembleAgain(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	stagePart(t, s, PartUpload{Upload: upload(space, "k", "old a,"), ID: "a"})
	stagePart(t, s, PartUpload{Upload: upload(space, "k", "old b,"), ID: "b"})
	first, err := assemble(t, s, space, "k", "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	stagePart(t, s, PartUpload{Upload: upload(space, "k", "draft,"), ID: "b"})
	stagePart(t, s, PartUpload{Upload: upload(space, "k", "new b,"), ID: "b"})
	for _, bad := range [][]string{{"x"}, {"-a"}, {"+c"}} {
		_, err := assemble(t, s, space, "k", bad...)
		wantFault(t, err, fault.Invalid, PartMissing)
	}
	s = open(t, dir) // what waits survives a start
	second, err := assemble(t, s, space, "k", "+a", "+b", "-b", "b", "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, got := get(t, open(t, dir), space, "k"); got != "old a,old b,new b,new b,old a," {
		t.Error(got)
	}
	if second.Version <= first.Version || !second.Created.Equal(first.Created) {
		t.Errorf("%+v after %+v", second, first)
	}
	if n := len(partFiles(t, dir, space)); n != 3 {
		t.Errorf("%d parts on the disk", n)
	}
	if info, err := assemble(t, s, space, "k"); err != nil || info.Size != 0 {
		t.Errorf("an empty list makes an empty object: %v %v", info, err)
	}
	if _, got := get(t, open(t, dir), space, "k"); got != "" || len(partFiles(t, dir, space)) != 0 {
		t.Errorf("%q and %d parts", got, len(partFiles(t, dir, space)))
	}
}

// TestPartsGo: whatever replaces or removes an assembled object, or ends an upload, takes the parts along, but not before
// the last reader is done.
func TestPartsGo(t *testing.T) {
	for what, end := range map[string]func(*Store, name.GUID) error{
		"put":      func(s *Store, id name.GUID) error { _, err := s.Put(t.Context(), upload(id, "k", "x")); return err },
		"delete":   func(s *Store, id name.GUID) error { return s.Delete(t.Context(), id, "k") },
		"assemble": func(s *Store, id name.GUID) error { _, err := assemble(t, s, id, "k"); return err },
	} {
		t.Run(what, func(t *testing.T) {
			dir, space := t.TempDir(), name.NewGUID()
			s := open(t, dir)
			stagePart(t, s, PartUpload{Upload: upload(space, "k", "Alpha"), ID: "a"})
			stagePart(t, s, PartUpload{Upload: upload(space, "k", "Beta"), ID: "b"})
			if _, err := assemble(t, s, space, "k", "a", "b"); err != nil {
				t.Fatal(err)
			}
			var open []*Object
			for range 2 {
				o, err := s.Get(t.Context(), space, "k")
				if err != nil {
					t.Fatal(err)
				}
				open = append(open, o)
			}
			if err := end(s, space); err != nil {
				t.Fatal(err)
			}
			for _, o := range open {
				if n := len(partFiles(t, dir, space)); n != 2 {
					t.Errorf("%d parts while somebody reads", n)
				}
				content, err := io.ReadAll(o)
				if err != nil || string(content) != "AlphaBeta" || o.Close() != nil {
					t.Errorf("%q %v", content, err)
				}
			}
			if n := len(partFiles(t, dir, space)); n != 0 {
				t.Errorf("%d parts left", n)
			}
		})
	}
}

// TestStrand: an assembled object reads like any other.
func TestStrand(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	var want strings.Builder
	var ids []string
	for i, n := range []int{1, 700, 0, 3, 4096, 0} {
		content := strings.Repeat(fmt.Sprint(i), n)
		want.WriteString(content)
		ids = append(ids, fmt.Sprint(i))
		stagePart(t, s, PartUpload{Upload: upload(space, "k", content), ID: ids[i]})
	}
	if _, err := assemble(t, s, space, "k", ids...); err != nil {
		t.Fatal(err)
	}
	o, err := s.Get(t.Context(), space, "k")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(iotest.TestReader(o, []byte(want.String())), o.Close()); err != nil {
		t.Error(err)
	}
}

// TestHalfDone: whatever a process that died left behind is finished at the next start, and damage is said.
func TestHalfDone(t *testing.T) {
	type world struct {
		dir   string
		space name.GUID
		group string // the folder of the only upload
	}
	write := func(file string, magic string, description any) error {
		var b bytes.Buffer
		return errors.Join(appendTrailer(&b, magic, description), os.WriteFile(file, b.Bytes(), 0o600))
	}
	for what, tc := range map[string]struct {
		harm    func(w world) error
		damaged bool
		parts   int
	}{
		"marker left": {func(w world) error {
			return write(filepath.Join(w.group, openMarker), uploadMagic, uploadRecord{Key: "k"})
		}, false, 1},
		"parts left": {func(w world) error {
			return write(filepath.Join(w.group, fileName("x")), partMagic, Part{Key: "k", ID: "x"})
		}, false, 1},
		"folder left": {func(w world) error { return os.Mkdir(filepath.Join(filepath.Dir(w.group), "OTHER"), 0o700) }, false, 1},
		"part gone":   {func(w world) error { return os.Remove(filepath.Join(w.group, fileName("a"))) }, true, 0},
		"part cut": {func(w world) error {
			b, err := os.ReadFile(filepath.Join(w.group, fileName("a")))
			return errors.Join(err, os.WriteFile(filepath.Join(w.group, fileName("a")), b[1:], 0o600))
		}, true, 1},
		"another part": {func(w world) error {
			return write(filepath.Join(w.group, fileName("a")), partMagic, Part{Key: "k", ID: "a"})
		}, true, 1},
		"marker damaged": {func(w world) error { return os.WriteFile(filepath.Join(w.group, openMarker), nil, 0o600) }, true, 1},
		"stale note": {func(w world) error {
			return write(filepath.Join(w.dir, w.space.String(), notesFolder, fileName("k")), noteMagic, Info{Key: "k", Content: 1})
		}, false, 1},
		"note of nothing": {func(w world) error {
			return write(filepath.Join(w.dir, w.space.String(), notesFolder, fileName("q")), noteMagic, Info{Key: "q", Content: 1})
		}, false, 1},
		"note damaged": {func(w world) error {
			return os.WriteFile(filepath.Join(w.dir, w.space.String(), notesFolder, fileName("k")), nil, 0o600)
		}, true, 1},
	} {
		t.Run(what, func(t *testing.T) {
			w := world{dir: t.TempDir(), space: name.NewGUID()}
			s := open(t, w.dir)
			stagePart(t, s, PartUpload{Upload: upload(w.space, "k", "Alpha"), ID: "a"})
			if _, err := assemble(t, s, w.space, "k", "a"); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(w.dir, w.space.String(), notesFolder), 0o700); err != nil {
				t.Fatal(err)
			}
			w.group = filepath.Dir(partFiles(t, w.dir, w.space)[0])
			if err := tc.harm(w); err != nil {
				t.Fatal(err)
			}
			s = open(t, w.dir)
			if _, err := s.Head(t.Context(), w.space, "k"); tc.damaged {
				wantFault(t, err, fault.Internal, Damaged)
				return
			} else if err != nil {
				t.Fatal(err)
			}
			if _, got := get(t, s, w.space, "k"); got != "Alpha" || len(waiting(t, s, w.space, "k")) != 0 {
				t.Error(got)
			}
			if n := len(partFiles(t, w.dir, w.space)); n != tc.parts {
				t.Errorf("%d parts on the disk", n)
			}
			if notes, _ := os.ReadDir(filepath.Join(w.dir, w.space.String(), notesFolder)); len(notes) != 0 {
				t.Errorf("notes left: %v", notes)
			}
		})
	}
}

// TestSweep: parts that nobody worked on for long go, whether their space was used since the start or not.
func TestSweep(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	put(t, s, name.NewGUID(), "without parts", "x")
	old := stagePart(t, s, PartUpload{Upload: upload(space, "old", "x"), ID: "a"})
	young := stagePart(t, s, PartUpload{Upload: upload(space, "young", "x"), ID: "a"})
	stagePart(t, s, PartUpload{Upload: upload(space, "done", "kept"), ID: "a"})
	if _, err := assemble(t, s, space, "done", "a"); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	for range 2 {
		if err := s.Sweep(t.Context(), young.Staged); err != nil {
			t.Fatal(err)
		}
	}
	if !old.Staged.Before(young.Staged) || len(waiting(t, s, space, "old")) != 0 || len(waiting(t, s, space, "young")) != 1 {
		t.Errorf("old %v, young %v", waiting(t, s, space, "old"), waiting(t, s, space, "young"))
	}
	if n := len(partFiles(t, dir, space)); n != 2 {
		t.Errorf("%d parts on the disk", n)
	}
	if _, got := get(t, s, space, "done"); got != "kept" {
		t.Error(got)
	}
}

// TestPartBounds: names and numbers of parts, and what an upload must not end in.
func TestPartBounds(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	for _, id := range []string{"", strings.Repeat("x", MaxPartID+1)} {
		_, err := s.Stage(t.Context(), PartUpload{Upload: upload(space, "k", "x"), ID: id})
		wantFault(t, err, fault.Invalid, PartInvalid)
	}
	stagePart(t, s, PartUpload{Upload: upload(space, "k", "x"), ID: "aa"})
	_, err := s.Stage(t.Context(), PartUpload{Upload: upload(space, "k", "x"), ID: "a", EqualIDs: true})
	wantFault(t, err, fault.Invalid, PartInvalid)
	_, err = s.Assemble(t.Context(), Assembly{Space: space, Key: "k", Parts: make([]Choice, MaxParts+1)})
	wantFault(t, err, fault.Invalid, PartMissing)
	u := &uploading{parts: map[string]Part{}}
	for i := range MaxParts {
		u.parts[fmt.Sprint(i)] = Part{}
	}
	wantFault(t, u.fits(PartUpload{ID: "new"}), fault.Conflict, TooManyParts)
	if err := u.fits(PartUpload{ID: "1"}); err != nil {
		t.Error(err)
	}
	bad := PartUpload{Upload: upload(space, "k", "content"), ID: "bb"}
	bad.MD5 = strings.Repeat("0", 32)
	_, err = s.Stage(t.Context(), bad)
	wantFault(t, err, fault.Invalid, DigestMismatch)
	if got := waiting(t, s, space, "k"); len(got) != 1 || uploadsLeft(t, dir) != 0 {
		t.Errorf("%v", got)
	}
	if err := s.RemoveSpace(t.Context(), space); err != nil {
		t.Fatal(err)
	}
	_, err = s.Stage(t.Context(), PartUpload{Upload: upload(space, "k", "x"), ID: "a"})
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	if n := len(partFiles(t, dir, space)); n != 0 {
		t.Errorf("%d parts of a space that was removed", n)
	}
}

// TestChecksAreOneStepWithTheWrite: of many writers that all saw the same version, one succeeds.
func TestChecksAreOneStepWithTheWrite(t *testing.T) {
	s, space := open(t, t.TempDir()), name.NewGUID()
	seen := put(t, s, space, "k", "first").Version
	lost := errors.New("lost")
	check := func(now *Info) error {
		if now == nil || now.Version != seen {
			return lost
		}
		return nil
	}
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				up := upload(space, "k", fmt.Sprint(i))
				up.Check = check
				_, err = s.Put(t.Context(), up)
			case 1:
				_, err = s.SetMeta(t.Context(), space, "k", func(now Info) (Meta, error) { return Meta{}, check(&now) })
			case 2:
				err = s.DeleteIf(t.Context(), space, "k", check)
				if fault.Is(err, NotFound) {
					err = lost
				}
			}
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, lost) && !fault.Is(err, NotFound):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d writers won", won.Load())
	}
}

// TestNotes: metadata and leases change without the content, survive starts, and go where they should.
func TestNotes(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	first := put(t, s, space, "k", "content")
	lease := &Lease{ID: "l", Length: time.Minute, Expires: newClock().now()}
	leased, err := s.SetLease(t.Context(), space, "k", func(Info) (*Lease, error) { return lease, nil })
	if err != nil || leased.Version != first.Version {
		t.Fatalf("%+v %v", leased, err)
	}
	second, err := s.SetMeta(t.Context(), space, "k", func(now Info) (Meta, error) {
		return Meta{ContentType: "x/y", User: map[string]string{"a": "b"}}, nil
	})
	if err != nil || second.Version <= first.Version || second.Content != first.Content || second.Lease != lease {
		t.Fatalf("%+v %v", second, err)
	}
	for range 2 {
		got, content := get(t, s, space, "k")
		if diff := cmp.Diff(second, got); diff != "" || content != "content" {
			t.Errorf("%q %s", content, diff)
		}
		s = open(t, dir)
	}
	third := put(t, s, space, "k", "other")
	if diff := cmp.Diff(lease, third.Lease); diff != "" || third.User != nil || third.Version <= second.Version {
		t.Errorf("the lease stays with the key: %+v", third)
	}
	if got, _ := get(t, open(t, dir), space, "k"); cmp.Diff(third, got) != "" {
		t.Error(cmp.Diff(third, got))
	}
	if err := s.Delete(t.Context(), space, "k"); err != nil {
		t.Fatal(err)
	}
	if again := put(t, open(t, dir), space, "k", "new"); again.Lease != nil {
		t.Errorf("a new object has the old one's lease: %+v", again)
	}
	_, err = s.SetMeta(t.Context(), space, "none", func(Info) (Meta, error) { return Meta{}, nil })
	wantFault(t, err, fault.NotFound, NotFound)
	_, err = s.SetMeta(t.Context(), space, "k", func(Info) (Meta, error) { return Meta{ContentType: strings.Repeat("x", MaxMeta+1)}, nil })
	wantFault(t, err, fault.NotFound, NotFound) // this store's index: it was deleted here
}

// TestChangedMeanwhile: what happens to a key while its new content arrives is not lost.
func TestChangedMeanwhile(t *testing.T) {
	lease := &Lease{ID: "l"}
	for what, change := range map[string]func(*Store, name.GUID) error{
		"leased": func(s *Store, id name.GUID) error {
			_, err := s.SetLease(t.Context(), id, "k", func(Info) (*Lease, error) { return lease, nil })
			return err
		},
		"written": func(s *Store, id name.GUID) error {
			_, err := s.Put(t.Context(), upload(id, "k", "meanwhile"))
			return err
		},
		"deleted": func(s *Store, id name.GUID) error { return s.Delete(t.Context(), id, "k") },
		"part": func(s *Store, id name.GUID) error {
			stagePart(t, s, PartUpload{Upload: upload(id, "k", "x"), ID: "a"})
			return nil
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir, space := t.TempDir(), name.NewGUID()
			s := open(t, dir)
			first := put(t, s, space, "k", "first")
			var version int64
			up := upload(space, "k", "content")
			up.Body = io.MultiReader(strings.NewReader("con"), reading(func() error {
				err := change(s, space)
				if now, e := s.Head(t.Context(), space, "k"); e == nil {
					version = now.Version
				}
				return err
			}), strings.NewReader("tent"))
			info, err := s.Put(t.Context(), up)
			if err != nil {
				t.Fatal(err)
			}
			got, content := get(t, open(t, dir), space, "k")
			if diff := cmp.Diff(info, got); diff != "" || content != "content" {
				t.Errorf("%q %s", content, diff)
			}
			if info.Version <= version || info.Created.Equal(first.Created) == (what == "deleted") || (info.Lease != nil) != (what == "leased") {
				t.Errorf("%+v after %+v", info, first)
			}
			if got := waiting(t, s, space, "k"); len(got) != 0 {
				t.Errorf("a part waits after the key was written: %v", got)
			}
		})
	}
}

// reading is a reader that does something and has nothing.
type reading func() error

func (r reading) Read([]byte) (int, error) {
	if err := r(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}
