package server

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestReadConfig(t *testing.T) {
	c, err := ReadConfig(strings.NewReader("data: /d\nlisten: 127.0.0.1:0\noperators: [1000]\ntrusted_proxies: [10.0.0.0/8]\ntoken_lifetime: 5m\n"), "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/d" || len(c.Operators) != 1 || c.TrustedProxies[0].String() != "10.0.0.0/8" || c.TokenLifetime != 5*time.Minute {
		t.Errorf("got %+v", c)
	}
	if _, err := ReadConfig(strings.NewReader("# nothing\n"), "c.yaml"); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func TestAWrongConfigIsRefusedWithItsPlace(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"data: /d\ndate: /d\n", `c.yaml: 2:1: unknown key "date": the keys are data, `},
		{"data: /d\ndata: /e\n", `c.yaml: 2:1: the key "data" stands twice`},
		{"token_lifetime: soon\n", `c.yaml: 1:17: token_lifetime: "soon" is not a duration such as "15m"`},
		{"operators: me\n", `c.yaml: 1:12: operators: "me" is not a list of numbers`},
		{"trusted_proxies: [x]\n", `c.yaml: 1:18: trusted_proxies`},
		{"data: &a /d\nlisten: *a\n", `c.yaml: 2:9: aliases are not read`},
		{"data: /d\n---\ndata: /e\n", `c.yaml: 3:1: a configuration is one YAML document`},
		{"- a\n", `c.yaml: 1:1: a configuration is a mapping`},
		{"data: [\n", `c.yaml: line 1: did not find expected node content`},
		{"listen: nowhere\n", `c.yaml: listen: address nowhere: missing port in address`},
		{"storage_domain: Not A Domain\n", `c.yaml: storage_domain must be a domain`},
		{"vault_domain: Not A Domain\n", `c.yaml: vault_domain must be a domain`},
		{"vault_domain: localhost\n", `c.yaml: vault_domain must be a domain`},
		{"vault_domain: 127.0.0.1\n", `c.yaml: vault_domain must be a domain`},
		{"vault_domain: -a.example\n", `c.yaml: vault_domain must be a domain`},
		{"vault_domain: a.example.\n", `c.yaml: vault_domain must be a domain`},
		{"storage_domain: 127.0.0.1\n", `c.yaml: storage_domain must be a domain`},
		{"storage_domain: localhost\n", `c.yaml: storage_domain must be a domain`},
		{"certificate: /c\n", `c.yaml: certificate and key must both be given`},
		{"log_level: loud\n", `c.yaml: log_level "loud" is none of`},
		{"token_lifetime: 25h\n", `c.yaml: token_lifetime must be between`},
		{"snapshot_every: 1s\n", `c.yaml: snapshot_every must be at least`},
	} {
		_, err := ReadConfig(strings.NewReader(tc.text), "c.yaml")
		if f := fault.From(err); f == nil || f.Reason != BadConfig || !strings.HasPrefix(f.Public, tc.want) {
			t.Errorf("%q: got %v, want %s", tc.text, err, tc.want)
		}
	}
}

func TestTheDataFolderIsAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	c := Config{Data: "house"}
	if err := c.Complete(); err != nil || c.Data != filepath.Join(dir, "house") {
		t.Errorf("got %q, %v, want it below %s: clients are told of files in it", c.Data, err, dir)
	}
}

func FuzzReadConfig(f *testing.F) {
	f.Add("data: /d\noperators: [1]\n")
	f.Add("a: &x [*x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ReadConfig(strings.NewReader(text), "c"); err != nil && fault.From(err).Reason != BadConfig {
			t.Errorf("not a fault: %v", err)
		}
	})
}
