package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

func rowsIn(t *testing.T, rows ...harness.Row) string {
	t.Helper()
	folder := t.TempDir()
	for i, r := range rows {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, string(rune('a'+i))+".json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestTheComparison plants each kind of difference and wants it found, and none where there is none.
func TestTheComparison(t *testing.T) {
	az := harness.Row{Key: "az", Client: "az", Version: "2.45", Flow: "login", Result: harness.Pass, Setting: "run", Test: "TestA"}
	tf := harness.Row{Key: "terraform", Client: "terraform", Version: "1.11", Flow: "backend", Result: harness.Pass, Setting: "run", Test: "TestB"}
	failed, newer, missing := az, az, az
	failed.Result = harness.Fail
	newer.Version = "2.46"
	missing.Result, missing.Version = harness.NotRun, ""
	committed := filepath.Join(t.TempDir(), "conformance.md")
	if err := os.WriteFile(committed, []byte(write([]harness.Row{az, tf})), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		rows    []harness.Row
		without string
		want    string // in the error; empty wants none
	}{
		"the same":                 {rows: []harness.Row{tf, az}},
		"a failure":                {rows: []harness.Row{failed, tf}, want: "+ | az | 2.45 | login | fail |"},
		"another version":          {rows: []harness.Row{newer, tf}, want: "+ | az | 2.46 |"},
		"a row less":               {rows: []harness.Row{tf}, want: "- | az | 2.45 |"},
		"left out on purpose":      {rows: []harness.Row{missing, tf}, without: "az"},
		"left out without saying":  {rows: []harness.Row{missing, tf}, want: "not run"},
		"another one was left out": {rows: []harness.Row{missing, tf}, without: "terraform", want: "not run"},
		"nothing at all":           {want: "no story wrote a row"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("COMPAT_WITHOUT", tc.without)
			err := run(rowsIn(t, tc.rows...), committed, filepath.Join(t.TempDir(), "dist", "conformance.md"))
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
