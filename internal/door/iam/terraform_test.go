package iam_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exchange is one section of a transcript: what it shows, the request and the answer.
var exchange = regexp.MustCompile(`(?ms)^-- ask: ([^\n]+) --\n(.*?)^-- answer --\n(.*?)^\(`)

// TestTerraformHasNothingToChange holds each reading of Terraform's transcripts against the one that its next plan makes: an
// answer that differs, be it by the order of a list, is a change that the plan would show for ever.
func TestTerraformHasNothingToChange(t *testing.T) {
	files, err := filepath.Glob("testdata/terraform_*.txtar")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d transcripts (%v)", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // from the glob above
		if err != nil {
			t.Fatal(err)
		}
		readings, changes := unsettled(string(text))
		if readings == 0 {
			t.Errorf("%s reads nothing", file)
		}
		for _, change := range changes {
			t.Errorf("%s: %s", file, change)
		}
	}
}

// unsettled counts the readings of a transcript and names those that are not followed by an equal one.
func unsettled(text string) (readings int, changes []string) {
	sections := exchange.FindAllStringSubmatch(text, -1)
	for i, s := range sections {
		if !strings.Contains(s[1], "read") {
			continue
		}
		readings++
		switch again := next(sections[i+1:], s[2]); {
		case again == nil || !strings.Contains(again[1], "plan again"):
			changes = append(changes, s[1]+": no plan reads it again")
		case again[3] != s[3]:
			changes = append(changes, s[1]+": the next plan reads something else")
		}
	}
	return readings, changes
}

// next finds the next section with the same request.
func next(sections [][]string, request string) []string {
	for _, s := range sections {
		if s[2] == request {
			return s
		}
	}
	return nil
}

// TestAChangingReadingIsSeen plants a reading that changes and one that nobody repeats.
func TestAChangingReadingIsSeen(t *testing.T) {
	section := func(what, request, answer string) string {
		return "-- ask: " + what + " --\n" + request + "\n-- answer --\n" + answer + "\n(ledger)\n"
	}
	text := section("read", "A", "1") + section("plan again", "A", "2") + section("read: B", "B", "1")
	if readings, changes := unsettled(text); readings != 2 || len(changes) != 2 {
		t.Errorf("%d readings, changes %q", readings, changes)
	}
	if _, changes := unsettled(section("read", "A", "1") + section("plan again", "A", "1")); len(changes) != 0 {
		t.Errorf("nothing changed, and %q", changes)
	}
}
