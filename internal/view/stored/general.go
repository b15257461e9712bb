package stored

import (
	"bytes"
	"encoding/json"
	"errors"
)

// General reads values of every form, one after the other: each goroutine needs its own. The zero value is ready.
type General struct {
	source bytes.Reader
	json   *json.Decoder
	given  int64 // bytes that json has been given
}

// Read decodes one value into r. A field that r does not have is an error, and so is anything behind the value. One
// json.Decoder serves many values, because making one costs a third of the work; an error ends it, so that nothing of a bad
// value can reach into the next.
func (g *General) Read(value []byte, r any) error {
	if g.json == nil {
		g.json, g.given = json.NewDecoder(&g.source), 0
		g.json.DisallowUnknownFields()
	}
	g.source.Reset(value)
	g.given += int64(len(value))
	err := g.json.Decode(r)
	rest := min(g.given-g.json.InputOffset(), int64(len(value)))
	if err == nil && len(bytes.TrimSpace(value[int64(len(value))-rest:])) > 0 {
		err = errors.New("something follows the record")
	}
	if err != nil {
		g.json = nil
	}
	return err
}
