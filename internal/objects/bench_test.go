package objects

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
)

func BenchmarkGet4KiB(b *testing.B) {
	s, space := open(b, b.TempDir()), name.NewGUID()
	for i := range 100 {
		put(b, s, space, fmt.Sprintf("folder/object-%03d", i), strings.Repeat("x", 4096))
	}
	buf := make([]byte, 8192)
	b.ReportAllocs()
	for b.Loop() {
		o, err := s.Get(b.Context(), space, "folder/object-042")
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.ReadFull(o, buf); n != 4096 || o.Close() != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkPut4KiB(b *testing.B) {
	s, space, content := open(b, b.TempDir()), name.NewGUID(), strings.Repeat("x", 4096)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		put(b, s, space, fmt.Sprint(i%1000), content)
		i++
	}
}

// BenchmarkList1000 lists a page out of 100,000 objects.
func BenchmarkList1000(b *testing.B) {
	sp := indexed(hundredThousand())
	b.ReportAllocs()
	for b.Loop() {
		if p, err := sp.list(Query{After: "k/050000", Max: 1000}); err != nil || len(p.Objects) != 1000 {
			b.Fatal(len(p.Objects), err)
		}
	}
}

func hundredThousand() []string {
	all := make([]string, 100_000)
	for i := range all {
		all[i] = fmt.Sprintf("k/%06d", i)
	}
	return all
}

// BenchmarkLoad reads the trailers of 10,000 objects: what the first request to a space after a start costs.
func BenchmarkLoad(b *testing.B) {
	dir, id := b.TempDir(), name.NewGUID()
	s := open(b, dir)
	sp, err := s.use(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 10_000 { // as Put does, but without making each one durable
		info := s.describe(sp, upload(id, fmt.Sprintf("k/%06d", i), ""), nil, received{})
		f, err := s.root.Create(uploads + "/x")
		if err != nil {
			b.Fatal(err)
		}
		to := sp.folder + "/" + fileName(info.Key)
		if appendTrailer(f, objectMagic, info) != nil || f.Close() != nil || sp.place(s.root, "x", to, &info) != nil {
			b.Fatal("not put")
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		sp := &space{folder: id.String()}
		if err := sp.ready(b.Context(), s); err != nil || len(sp.index) != 10_000 {
			b.Fatal(len(sp.index), err)
		}
	}
}
