package lanyard_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a package comment must say beside its purpose.
var (
	saysOwns  = regexp.MustCompile(`\b[Oo]wns?\b`)
	saysNever = regexp.MustCompile(`\b[Nn]ever\b`)
)

// TestPackageComments wants a doc.go in each package that says what it is for, what it owns and what it never does. No
// other file of the package has a package comment: godoc would run them together.
func TestPackageComments(t *testing.T) {
	var dirs, documented []string
	for _, s := range mustSources(t) {
		dirs = append(dirs, s.dir())
		if !strings.HasSuffix("/"+s.Name, "/doc.go") {
			if s.File.Doc != nil {
				t.Errorf("%s has a package comment: it belongs into doc.go", s.Name)
			}
			continue
		}
		documented = append(documented, s.dir())
		text := s.File.Doc.Text()
		if !saysOwns.MatchString(text) || !saysNever.MatchString(text) {
			t.Errorf("%s does not say what the package owns and what it never does", s.Name)
		}
		if first, want := strings.SplitN(text, " ", 3), []string{"Package", "Command"}; !slices.Contains(want, first[0]) {
			t.Errorf("%s begins with %q, not with Package or Command", s.Name, first[0])
		}
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		if !slices.Contains(documented, dir) {
			t.Errorf("%s has no doc.go", dir)
		}
	}
}
