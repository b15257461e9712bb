package credential

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/jsonwrite"
	"github.com/lanyard-id/lanyard/internal/name"
)

// usualSealed is how many bytes a session without policies seldom exceeds.
const usualSealed = 640

// sealedSession is the JSON inside the seal; names are short because the token is limited.
type sealedSession struct {
	Secret      string            `json:"s"`
	RoleID      string            `json:"r,omitempty"`
	User        string            `json:"w,omitempty"` // id and ARN
	Key         string            `json:"e,omitempty"`
	Name        string            `json:"n,omitempty"`
	Origin      name.GUID         `json:"o,omitzero"`
	Provider    string            `json:"p,omitempty"`
	Subject     string            `json:"u,omitempty"`
	SubjectType string            `json:"f,omitempty"` // as SAML has it
	Qualifier   string            `json:"q,omitempty"`
	Tags        map[string]string `json:"t,omitempty"`
	Transitive  []string          `json:"y,omitempty"`
	Policies    []string          `json:"l,omitempty"`
	Managed     []string          `json:"m,omitempty"` // id and ARN
	SourceID    string            `json:"i,omitempty"`
	Kind        SessionKind       `json:"k,omitempty"`
	Chain       []string          `json:"h,omitempty"`
	Issued      int64             `json:"a"`
	Expires     int64             `json:"x"`
	Rev         int64             `json:"v"`
	Inc         string            `json:"z"`
}

// appendSealed writes the session as encoding/json writes a sealedSession, by hand because every session is: a test holds
// the two together.
func (s *Session) appendSealed(b []byte) []byte {
	text := func(name, value string) { b = jsonwrite.AppendSome(b, name, value) }
	b = jsonwrite.AppendString(append(b, `{"s":`...), s.Secret.Reveal())
	text(`,"r":`, s.RoleID)
	if s.User.ID != "" {
		text(`,"w":`, s.User.ID+" "+s.User.ARN.String())
	}
	text(`,"e":`, s.Key)
	text(`,"n":`, s.Name)
	text(`,"o":`, s.Origin.String())
	text(`,"p":`, s.Provider)
	text(`,"u":`, s.Subject)
	text(`,"f":`, s.SubjectOf.Type)
	text(`,"q":`, s.SubjectOf.Qualifier)
	b = s.appendPacked(b)
	text(`,"i":`, s.SourceID)
	text(`,"k":`, string(s.Kind))
	b = appendTexts(b, `,"h":`, s.Chain)
	b = strconv.AppendInt(append(b, `,"a":`...), s.Issued.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"x":`...), s.Expires.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"v":`...), s.Rev, 10)
	return append(jsonwrite.AppendString(append(b, `,"z":`...), s.Inc), '}')
}

// appendPacked writes what AWS counts as the packed policy: tags and session policies.
func (s *Session) appendPacked(b []byte) []byte {
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
	return appendTexts(b, `,"m":`, sealManaged(s.Managed))
}

// PackedSize tells, in percent, how much of the room for tags and session policies these take in the session's token; 0
// if there are none (AWS STS, AssumeRole, PackedPolicySize).
func (s *Session) PackedSize(token string) int {
	packed := len(s.appendPacked(nil))
	room := packed + base64.RawURLEncoding.DecodedLen(MaxSealed-len(token))
	return (100*packed + room - 1) / max(room, 1)
}

func sealManaged(policies []SessionPolicy) []string {
	var texts []string
	for _, p := range policies {
		texts = append(texts, p.ID+" "+p.ARN.String())
	}
	return texts
}

func readUser(text string) (SessionUser, error) {
	if text == "" {
		return SessionUser{}, nil
	}
	id, rest, _ := strings.Cut(text, " ")
	arn, err := name.ParseARN(rest)
	return SessionUser{ID: id, ARN: arn}, err
}

func readManaged(texts []string) ([]SessionPolicy, error) {
	var policies []SessionPolicy
	for _, text := range texts {
		id, rest, _ := strings.Cut(text, " ")
		arn, err := name.ParseARN(rest)
		if err != nil {
			return nil, err
		}
		policies = append(policies, SessionPolicy{ARN: arn, ID: id})
	}
	return policies, nil
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
