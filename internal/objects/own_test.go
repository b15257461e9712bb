package objects

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

func begin(t *testing.T, s *Store, space name.GUID, p Pending) string {
	t.Helper()
	id, err := s.Begin(t.Context(), space, p)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestUploadsOfTheirOwn: a key has two uploads beside each other and a restart between each step; one becomes the object,
// whose parts' files are those that were written, and the other is as it was until it is given up.
func TestUploadsOfTheirOwn(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	meta := Meta{ContentType: "text/plain", Tags: map[string]string{"team": "a"}}
	one, two := begin(t, s, space, Pending{Key: "k", Meta: meta, Note: "n"}), begin(t, s, space, Pending{Key: "k"})
	sum := &Checksum{Algorithm: "crc32", Value: "x"}
	for _, up := range []struct{ own, id, content string }{{one, "1", "Alpha"}, {one, "2", "Beta"}, {one, "3", "never"}, {two, "1", "other"}} {
		u := upload(space, "k", up.content)
		u.Checksum = func() *Checksum { return sum }
		stagePart(t, s, PartUpload{Upload: u, ID: up.id, Own: up.own})
	}
	s = open(t, dir)
	p, parts, err := s.Pending(t.Context(), space, "k", one)
	if err != nil || p.Note != "n" || len(parts) != 3 || !cmp.Equal(parts[1].Checksum, sum) || !cmp.Equal(p.Meta, meta) {
		t.Fatalf("%+v, %+v, %v", p, parts, err)
	}
	all, err := s.AllPending(t.Context(), space)
	if err != nil || len(all) != 2 || all[0].Key != "k" {
		t.Fatalf("%+v, %v", all, err)
	}
	if len(keys(t, s, space)) != 0 {
		t.Error("an object shows before its upload is complete")
	}
	before := map[string]os.FileInfo{}
	for _, f := range partFiles(t, dir, space) {
		before[f], _ = os.Stat(f)
	}
	no := errors.New("no")
	a := Assembly{Space: space, Key: "k", Meta: p.Meta, Own: one, Parts: []Choice{{"1", Waiting}, {"2", Waiting}}, Judge: func([]Part) (*Checksum, error) { return nil, no }}
	if _, err := s.Assemble(t.Context(), a); !errors.Is(err, no) {
		t.Fatal(err)
	}
	a.Judge = func(parts []Part) (*Checksum, error) {
		return &Checksum{Algorithm: "crc32", Value: parts[0].Checksum.Value + parts[1].ID, Composite: true}, nil
	}
	info, err := s.Assemble(t.Context(), a)
	if err != nil || info.Checksum.Value != "x2" || info.Size != 9 {
		t.Fatalf("%+v, %v", info, err)
	}
	left := partFiles(t, dir, space)
	for _, f := range left {
		if now, err := os.Stat(f); err != nil || !os.SameFile(now, before[f]) || !now.ModTime().Equal(before[f].ModTime()) {
			t.Errorf("%s was written again", f)
		}
	}
	if len(left) != 3 {
		t.Errorf("%d parts are left", len(left))
	}
	s = open(t, dir)
	if got, content := get(t, s, space, "k"); content != "AlphaBeta" || !cmp.Equal(got.Checksum, info.Checksum) || got.Tags["team"] != "a" {
		t.Errorf("%q, %+v", content, got)
	}
	_, err = s.Stage(t.Context(), PartUpload{Upload: upload(space, "k", "late"), ID: "4", Own: one})
	wantFault(t, err, fault.NotFound, UploadMissing)
	_, err = s.Assemble(t.Context(), a)
	wantFault(t, err, fault.NotFound, UploadMissing)
	_, _, err = s.Pending(t.Context(), space, "other", two)
	wantFault(t, err, fault.NotFound, UploadMissing)
	put(t, s, space, "k", "new")
	if err := s.Abandon(t.Context(), space, "k", two); err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.Abandon(t.Context(), space, "k", two), fault.NotFound, UploadMissing)
	if left := partFiles(t, dir, space); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestUploadsOfTheirOwnAreSwept: what nobody works on goes, with what was begun and never got a part.
func TestUploadsOfTheirOwnAreSwept(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	id := begin(t, s, space, Pending{Key: "k"})
	stagePart(t, s, PartUpload{Upload: upload(space, "k", "x"), ID: "1", Own: id})
	begin(t, s, space, Pending{Key: "empty"})
	if err := s.Sweep(t.Context(), newClock().at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if all, err := s.AllPending(t.Context(), space); err != nil || len(all) != 0 || len(partFiles(t, dir, space)) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestTags: tags change without the object's changing, last over a restart, and go with the content that they were on.
func TestTags(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	first := put(t, s, space, "k", "old")
	tag := func(tags map[string]string) error {
		return s.SetTags(t.Context(), space, "k", func(Info) (map[string]string, error) { return tags, nil })
	}
	if err := tag(map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	info, _ := get(t, s, space, "k")
	if info.Tags["a"] != "b" || info.Version != first.Version || !info.LastModified.Equal(first.LastModified) || info.ETag != first.ETag {
		t.Errorf("%+v, was %+v", info, first)
	}
	wantFault(t, tag(map[string]string{"a": string(make([]byte, MaxTags))}), fault.Invalid, MetaInvalid)
	wantFault(t, tag(map[string]string{"a": "\xff"}), fault.Invalid, MetaInvalid)
	put(t, s, space, "k", "new")
	s = open(t, dir)
	if info, content := get(t, s, space, "k"); info.Tags != nil || content != "new" {
		t.Errorf("%q still has %v", content, info.Tags)
	}
}

// TestCloseEmpty: a space with an object stays open, an empty one takes nothing more, and can then be removed.
func TestCloseEmpty(t *testing.T) {
	dir, space := t.TempDir(), name.NewGUID()
	s := open(t, dir)
	put(t, s, space, "k", "x")
	wantFault(t, s.CloseEmpty(t.Context(), space), fault.Conflict, SpaceNotEmpty)
	if err := s.Delete(t.Context(), space, "k"); err != nil {
		t.Fatal(err)
	}
	begin(t, s, space, Pending{Key: "k"})
	for range 2 {
		if err := s.CloseEmpty(t.Context(), space); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Put(t.Context(), upload(space, "k", "late"))
	wantFault(t, err, fault.NotFound, SpaceRemoved)
	if err := s.RemoveSpace(t.Context(), space); err != nil {
		t.Fatal(err)
	}
}
