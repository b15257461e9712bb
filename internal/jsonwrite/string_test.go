package jsonwrite

import (
	"bytes"
	"encoding/json"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", `"`, `\`, "<a&b>", "\x00\x1f\x7f", "é", "\u2028", "\xff", "😀", "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendString([]byte("x"), s)); got != "x"+string(want) {
			t.Errorf("AppendString(%q) = %s, encoding/json writes %s", s, got, want)
		}
		var open bytes.Buffer
		enc := json.NewEncoder(&open)
		enc.SetEscapeHTML(false)
		if err := enc.Encode("&" + s + "/"); err != nil {
			t.Fatal(err)
		}
		if got := string(AppendText(nil, "&", s, "/")); got+"\n" != open.String() {
			t.Errorf("AppendText(%q) = %s, encoding/json writes %s", s, got, open.Bytes())
		}
	})
}
