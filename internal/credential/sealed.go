package credential

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/jsonwrite"
	"github.com/lanyard-id/lanyard/internal/name"
)

// usualSealed is how many bytes a session without policies seldom exceeds.
const usualSealed = 640

// sealedSession is the JSON inside the seal; names are short because the token is limited.
type sealedSession struct {
	Secret     string            `json:"s"`
	RoleID     string            `json:"r,omitempty"`
	Name       string            `json:"n,omitempty"`
	Origin     name.GUID         `json:"o,omitzero"`
	Provider   string            `json:"p,omitempty"`
	Subject    string            `json:"u,omitempty"`
	Tags       map[string]string `json:"t,omitempty"`
	Transitive []string          `json:"y,omitempty"`
	Policies   []string          `json:"l,omitempty"`
	SourceID   string            `json:"i,omitempty"`
	Chained    bool              `json:"c,omitempty"`
	Issued     int64             `json:"a"`
	Expires    int64             `json:"x"`
	Rev        int64             `json:"v"`
	Inc        string            `json:"z"`
}

// appendSealed writes the session as encoding/json writes a sealedSession, by hand because every session is: a test holds
// the two together.
func (s *Session) appendSealed(b []byte) []byte {
	text := func(name, value string) { b = jsonwrite.AppendSome(b, name, value) }
	b = jsonwrite.AppendString(append(b, `{"s":`...), s.Secret.Reveal())
	text(`,"r":`, s.RoleID)
	text(`,"n":`, s.Name)
	text(`,"o":`, s.Origin.String())
	text(`,"p":`, s.Provider)
	text(`,"u":`, s.Subject)
	if len(s.Tags) > 0 {
		b = append(b, `,"t":`...)
		for i, key := range slices.Sorted(maps.Keys(s.Tags)) {
			b = jsonwrite.AppendString(append(b, "{,"[min(i, 1)]), key)
			b = jsonwrite.AppendString(append(b, ':'), s.Tags[key])
		}
		b = append(b, '}')
	}
	b = appendTexts(b, `,"y":`, s.Transitive)
	b = appendTexts(b, `,"l":`, s.Policies)
	text(`,"i":`, s.SourceID)
	if s.Chained {
		b = append(b, `,"c":true`...)
	}
	b = strconv.AppendInt(append(b, `,"a":`...), s.Issued.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"x":`...), s.Expires.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"v":`...), s.Rev, 10)
	return append(jsonwrite.AppendString(append(b, `,"z":`...), s.Inc), '}')
}

func appendTexts(b []byte, name string, texts []string) []byte {
	if len(texts) == 0 {
		return b
	}
	b = append(b, name...)
	for i, t := range texts {
		b = jsonwrite.AppendString(append(b, "[,"[min(i, 1)]), t)
	}
	return append(b, ']')
}

// readSealed reads what appendSealed wrote.
func readSealed(plain []byte) (in sealedSession, err error) {
	err = json.Unmarshal(plain, &in)
	return in, err
}
