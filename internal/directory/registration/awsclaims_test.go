package registration

import (
	"strconv"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

func tags(list ...string) *view.AWSClaims {
	c := &view.AWSClaims{}
	for _, key := range list {
		c.Tags = append(c.Tags, view.AWSTag{Key: key, Fact: "name"})
	}
	return c
}

// TestTellAWS: what STS would not take of a token is refused when it is set up, but for values that only a token shows.
func TestTellAWS(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/a"
	var many, roles []string
	for i := range 51 {
		many, roles = append(many, "k"+strconv.Itoa(i)), append(roles, role+strconv.Itoa(i))
	}
	for what, tc := range map[string]struct {
		said *view.AWSClaims
		why  fault.Reason
	}{
		"nothing":    {nil, ""},
		"empty":      {&view.AWSClaims{}, ""},
		"everything": {&view.AWSClaims{Tags: []view.AWSTag{{Key: "a b", Fact: "tag:x"}}, Transitive: []string{"a b"}, SourceID: "objectId", Roles: []string{role}}, ""},
		"fifty tags": {tags(many[:50]...), ""},

		"too many tags":       {tags(many...), TooMany},
		"too many roles":      {&view.AWSClaims{Roles: roles[:21]}, TooMany},
		"an empty key":        {tags(""), Invalid},
		"a long key":          {tags(strings.Repeat("k", 129)), Invalid},
		"a reserved key":      {tags("AWS:k"), Invalid},
		"a key of other text": {tags("k,"), Invalid},
		"keys of two cases":   {tags("k", "K"), Invalid},
		"an unknown fact":     {&view.AWSClaims{Tags: []view.AWSTag{{Key: "k", Fact: "Name"}}}, Invalid},
		"no fact":             {&view.AWSClaims{Tags: []view.AWSTag{{Key: "k"}}}, Invalid},
		"a tag without key":   {&view.AWSClaims{SourceID: "tag:"}, Invalid},
		"transitive, no tag":  {&view.AWSClaims{Transitive: []string{"k"}}, Invalid},
		"transitive twice":    {&view.AWSClaims{Tags: tags("k").Tags, Transitive: []string{"k", "k"}}, Invalid},
		"no role":             {&view.AWSClaims{Roles: []string{"arn:aws:iam::111122223333:user/a"}}, Invalid},
		"all roles":           {&view.AWSClaims{Roles: []string{"arn:aws:iam::111122223333:role/*"}}, Invalid},
		"a role twice":        {&view.AWSClaims{Roles: []string{role, role}}, Invalid},
	} {
		got, err := TellAWS(tc.said)(Context{Application: view.Application{DisplayName: "x", AWS: tags("before")}})
		if (err == nil) != (tc.why == "") || tc.why != "" && !fault.Is(err, tc.why) {
			t.Errorf("%s: %v, want %q", what, err, tc.why)
		}
		if err == nil && got.AWS != tc.said {
			t.Errorf("%s: told %+v", what, got.AWS)
		}
	}
}
