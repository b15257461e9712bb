package role

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// endpoint answers with a status and a body to whoever shows the secret.
func endpoint(t *testing.T, status int, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "hush" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s
}

func tokenFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const good = `{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-02T03:04:05Z","AccountId":"1","RoleArn":"r"}`

func TestCommand(t *testing.T) {
	cmd := Command()
	var out strings.Builder
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--endpoint", endpoint(t, http.StatusOK, good).URL, "--token-file", tokenFile(t, "hush")})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"Version": 1`, `"AccessKeyId": "ASIA1"`, `"SecretAccessKey": "s"`, `"SessionToken": "t"`, `"Expiration": "2026-01-02T03:04:05Z"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}

// TestRefusals: nothing is printed that is not credentials, and the secret goes nowhere but to this machine.
func TestRefusals(t *testing.T) {
	here := endpoint(t, http.StatusOK, good).URL
	for what, tc := range map[string]struct{ endpoint, file, want string }{
		"no endpoint":    {"", tokenFile(t, "hush"), "--endpoint"},
		"no file":        {here, "", "--token-file"},
		"missing file":   {here, filepath.Join(t.TempDir(), "none"), "read the launch's secret"},
		"empty file":     {here, tokenFile(t, ""), "holds no"},
		"wrong secret":   {here, tokenFile(t, "guess"), "401"},
		"another host":   {"http://10.0.0.1/v1/credentials", tokenFile(t, "hush"), "loopback"},
		"a name":         {"http://localhost:1/", tokenFile(t, "hush"), "loopback"},
		"https":          {strings.Replace(here, "http:", "https:", 1), tokenFile(t, "hush"), "loopback"},
		"user":           {strings.Replace(here, "//", "//u@", 1), tokenFile(t, "hush"), "loopback"},
		"no URL":         {"http://[", tokenFile(t, "hush"), "loopback"},
		"a refusal":      {endpoint(t, 404, `{"code":"NoRole","message":"No role is bound."}`).URL, tokenFile(t, "hush"), "No role is bound."},
		"a redirect":     {endpoint(t, 307, ``).URL, tokenFile(t, "hush"), "307"},
		"no JSON":        {endpoint(t, 200, `<html>`).URL, tokenFile(t, "hush"), "read credentials"},
		"no credentials": {endpoint(t, 200, `{"AccessKeyId":"ASIA1"}`).URL, tokenFile(t, "hush"), "no credentials"},
	} {
		if a, err := Fetch(t.Context(), tc.endpoint, tc.file); err == nil || !strings.Contains(err.Error(), tc.want) || a != (Answer{}) {
			t.Errorf("%s: %+v, %v", what, a, err)
		}
	}
}
