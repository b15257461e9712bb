package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNoWayOfWritingShowsTheText(t *testing.T) {
	const canary = "canary-4711"
	holder := struct {
		A Text            `json:"a"`
		B *Text           `json:"b"`
		M map[string]Text `json:"m"`
	}{A: canary, B: new(Text(canary)), M: map[string]Text{"k": canary}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&out, verb+"\n", holder.A)
		fmt.Fprintf(&out, verb+"\n", holder)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).InfoContext(t.Context(), "x", slog.Any("text", holder.A), slog.Any("holder", holder))
	slog.New(slog.NewTextHandler(&out, nil)).InfoContext(t.Context(), "x", slog.Any("text", holder.A))
	b, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	if strings.Contains(out.String(), canary) {
		t.Errorf("the text shows:\n%s", &out)
	}
	if holder.A.Reveal() != canary {
		t.Error("Reveal does not give the text")
	}
}
