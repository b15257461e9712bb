package screen

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestPrintable keeps what a stranger wrote from giving the operator's terminal orders.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain ä €\n":         "plain ä €\n",
		"\x1b[2J":             `\u001b[2J`,
		"a\rb\bc\x00\x7f":     `a\u000db\u0008c\u0000\u007f`,
		"\u009b1m":            `\u009b1m`,
		"\xff":                `\ufffd`,
		"\u202egnp.exe\u2066": `\u202egnp.exe\u2066`,
	} {
		if got := Printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestRows(t *testing.T) {
	var b bytes.Buffer
	Rows(&b, []string{"A", "B"}, [][]string{
		{"one", "/subscriptions/0f4d1a6e-6a3c-4a7e-9d0c-5b1e8c2f7a90/resourceGroups/demo/x"}, {"", "two\nlines\tand tabs"}, {"three", ""},
	})
	want := "A      B\none    .../demo/x\n       two lines and tabs\nthree\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestPairs(t *testing.T) {
	var b bytes.Buffer
	Pairs(&b, [][2]string{{"a", "one"}, {"left out", ""}, {"longer", "two\nlines"}})
	if d := cmp.Diff("a       one\nlonger  two lines\n", b.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWhen(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7, time.FixedZone("x", 3600))
	if got := When(at); got != "2026-02-03 03:05:06Z" {
		t.Errorf("got %s", got)
	}
	if got := When(time.Time{}); got != "" {
		t.Errorf("no time prints %q", got)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 10239: "10239 bytes", 10240: "10 KiB", 10 << 20: "10 MiB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

// TestNobodyLooksOn wants no progress in files and pipes.
func TestNobodyLooksOn(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	Progress(file, "long work")()
	var b bytes.Buffer
	Progress(&b, "long work")()
	count := Counter{To: &b, Eye: Eye(file)}
	if _, err := io.WriteString(&count, "four"); err != nil || count.Total != 4 {
		t.Errorf("%d bytes, %v", count.Total, err)
	}
	count.Clear()
	if info, err := file.Stat(); err != nil || info.Size() != 0 || b.String() != "four" {
		t.Errorf("%v, %v, %q", info, err, b.String())
	}
}

func TestFold(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("twelve words a ", 12))
	for line := range strings.SplitSeq(Fold(long+"\nand more"), "\n") {
		if len(line) > Columns || line != strings.TrimSpace(line) {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
	for text, want := range map[string]string{
		"one\ntwo":                       "one two",
		"one\n\ntwo\n  as it\n  is\ntwo": "one\n\ntwo\n  as it\n  is\ntwo",
		"":                               "",
		strings.Repeat("x", 99) + " end": strings.Repeat("x", 99) + "\nend",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}
