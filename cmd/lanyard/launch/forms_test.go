package launch

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hostile is a value that a careless form would let out of its quotes.
const hostile = "a'b\"c $(touch /tmp/x) `id` \\ \n; exit 9 #"

// TestShell has a shell evaluate the settings, with a hostile value and a hostile name of who runs in them.
func TestShell(t *testing.T) {
	f := sampleFacts()
	f.Launch.As = "x\nexit 8"
	text := Shell(f, []Setting{{"HOSTILE", hostile}, {"PLAIN", "p"}}, []string{"GONE"})
	script := "GONE=here; export GONE\n" + text + "\nprintf '%s|%s|%s' \"$HOSTILE\" \"$PLAIN\" \"$GONE\""
	out, err := exec.CommandContext(t.Context(), "sh", "-c", script).Output()
	if err != nil || string(out) != hostile+"|p|" {
		t.Errorf("got %q, %v from\n%s", out, err, text)
	}
	if strings.Index(text, "unset") > strings.Index(text, "export") {
		t.Error("unset lines do not come first")
	}
}

func TestDotenv(t *testing.T) {
	f := sampleFacts()
	f.Launch.As = ""
	got := Dotenv(f, []Setting{{"HOSTILE", hostile}, {"PLAIN", "p"}, {"WORDS", "two `id` $words"}})
	want := "# no identity: lanyard env --as RESOURCE gives one\n" +
		`HOSTILE="a'b\"c \$(touch /tmp/x)` + " \\`id\\` " + `\\ \n; exit 9 #"` + "\nPLAIN=p\nWORDS='two `id` $words'\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestJSONKeys wants the keys to be there whatever the server offers, and no URL that it does not have.
func TestJSONKeys(t *testing.T) {
	out := JSON(sampleFacts(), nil, nil)
	for _, key := range append(Doors(), "ca", "ownCa", "tenant", "subscription", "account", "region", "environment", "unset") {
		if _, ok := out[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	for _, door := range []string{"arm", "graph", "keyvault", "node"} {
		if out[door] != "" {
			t.Errorf("%s is %v without such a door", door, out[door])
		}
	}
	if !slices.Contains(Doors(), "metadata") || out["metadata"] != "http://127.0.0.1:8440" {
		t.Errorf("metadata is %v", out["metadata"])
	}
}
