package lanyard_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// claims is how many lines docs/claims.md has.
const claims = 47

// claim is one line of docs/claims.md.
type claim struct {
	number  int
	planned bool
	tests   []string
}

var (
	claimLine   = regexp.MustCompile(`^\| ([0-9]+) \| (.+) \| (.+) \|$`)
	testName    = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	testFunc    = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
	claimInside = regexp.MustCompile(`C([0-9]{2})`)
)

// readClaims reads the table of the page.
func readClaims(page string) []claim {
	var all []claim
	for line := range strings.Lines(page) {
		m := claimLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1]) // the expression has digits only
		c := claim{number: n, planned: m[3] == "planned"}
		for _, name := range testName.FindAllStringSubmatch(m[3], -1) {
			c.tests = append(c.tests, name[1])
		}
		all = append(all, c)
	}
	return all
}

// testNames lists the tests of all modules of the tree.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "bin"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllStringSubmatch(string(text), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// claimFaults is what is wrong with the page, given the tests that exist.
func claimFaults(all []claim, tests map[string]bool) []string {
	var bad []string
	lines := map[int]claim{}
	for _, c := range all {
		if _, twice := lines[c.number]; twice || c.number < 1 || c.number > claims {
			bad = append(bad, fmt.Sprintf("line %d stands twice, or there is no such line", c.number))
		}
		if c.planned == (len(c.tests) > 0) {
			bad = append(bad, fmt.Sprintf("line %d is neither planned nor held by a test", c.number))
		}
		lines[c.number] = c
		for _, name := range c.tests {
			if !tests[name] {
				bad = append(bad, fmt.Sprintf("line %d is held by %s, which does not exist", c.number, name))
			}
			if !strings.Contains(name, fmt.Sprintf("C%02d", c.number)) {
				bad = append(bad, fmt.Sprintf("line %d is held by %s, whose name does not carry its number", c.number, name))
			}
		}
	}
	for n := 1; n <= claims; n++ {
		if _, ok := lines[n]; !ok {
			bad = append(bad, fmt.Sprintf("line %d is missing", n))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		for _, m := range claimInside.FindAllStringSubmatch(name, -1) {
			n, _ := strconv.Atoi(m[1]) // two digits
			if c, ok := lines[n]; ok && !slices.Contains(c.tests, name) {
				bad = append(bad, fmt.Sprintf("%s carries the number of line %d, which does not name it", name, n))
			}
		}
	}
	return bad
}

// TestClaims holds docs/claims.md to the tests that it names.
func TestClaims(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "claims.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range claimFaults(readClaims(string(page)), testNames(t)) {
		t.Error(b)
	}
}

// TestClaimsChecker plants one of each mistake and wants it found.
func TestClaimsChecker(t *testing.T) {
	good := []claim{{number: 1, tests: []string{"TestC01"}}}
	for n := 2; n <= claims; n++ {
		good = append(good, claim{number: n, planned: true})
	}
	tests := map[string]bool{"TestC01": true, "TestOther": true}
	if bad := claimFaults(good, tests); len(bad) > 0 {
		t.Errorf("a good page has faults: %q", bad)
	}
	with := func(change func(all []claim) []claim) []claim { return change(slices.Clone(good)) }
	for name, tc := range map[string]struct {
		page  []claim
		tests map[string]bool
		want  string
	}{
		"missing line":   {with(func(all []claim) []claim { return all[:claims-1] }), tests, "line 47 is missing"},
		"line twice":     {with(func(all []claim) []claim { return append(all, all[3]) }), tests, "line 4 stands twice"},
		"missing test":   {good, map[string]bool{}, "which does not exist"},
		"test of others": {with(func(all []claim) []claim { all[0].tests = []string{"TestC01", "TestOther"}; return all }), tests, "does not carry"},
		"nothing":        {with(func(all []claim) []claim { all[1].planned = false; return all }), tests, "neither planned nor held"},
		"unnamed test":   {good, map[string]bool{"TestC01": true, "TestC02X": true}, "does not name it"},
	} {
		if bad := claimFaults(tc.page, tc.tests); len(bad) != 1 || !strings.Contains(bad[0], tc.want) {
			t.Errorf("%s: got %q, want one with %q", name, bad, tc.want)
		}
	}
}
