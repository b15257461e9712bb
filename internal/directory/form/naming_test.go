package form

import (
	"regexp"
	"strings"
	"testing"
)

func TestUniqueIDs(t *testing.T) {
	want := regexp.MustCompile(`^AROA[A-Z2-7]{17}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := UniqueID("AROA")
		if !want.MatchString(id) || len(id) != 21 || seen[id] {
			t.Fatalf("unique id %q", id)
		}
		seen[id] = true
	}
}

func TestBucketNames(t *testing.T) {
	for _, ok := range []string{"abc", "my-bucket", "my.bucket.1", "0-9", strings.Repeat("a", 63)} {
		if err := Bucket(ok); err != nil {
			t.Errorf("%q: %v", ok, err)
		}
	}
	for _, bad := range []string{
		"", "ab", "Abc", "a_b", "a..b", "a.-b", "a-.b", "-abc", "abc-", ".abc", "abc.", "192.168.1.1",
		"xn--abc", "sthree-a", "abc-s3alias", "abc--ol-s3", strings.Repeat("a", 64), "a b", "äbc", "abc/", "../abc",
	} {
		if err := Bucket(bad); err == nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
