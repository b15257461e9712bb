package feed

import "testing"

// FuzzCursor: what is read is written back as it was.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "first.7", "first.7.6c616e79-6172-4d00-8000-000000000101", "a.b", "..", "x.-1", "x.007"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil || text == "" {
			return
		}
		if again, err := parseCursor(c.String()); err != nil || again != c {
			t.Errorf("%q is read as %+v and written as %q: %v", text, c, c, err)
		}
	})
}
