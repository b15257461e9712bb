package credential

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
)

// TestSessionsAreSealedAsTheyAreDeclared compares the hand-written encoder with encoding/json: members full, empty and in
// need of escapes.
func TestSessionsAreSealedAsTheyAreDeclared(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	managed, err := name.ParseARN("arn:aws:iam::111122223333:policy/x")
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]Session{
		"empty": {Issued: at, Expires: at},
		"full": {
			Secret: secret.Text("s/+="), RoleID: "AROA", Name: "n@x", Origin: name.NewGUID(), Provider: "arn:aws:iam::1:oidc-provider/x",
			Subject: "repo:a/b", SubjectOf: SAMLSubject{"persistent", "q="}, Tags: map[string]string{"b": "2", "a": "1", "": ""}, Transitive: []string{"a", "b"},
			Policies: []string{`{"Statement":[]}`, ""}, Managed: []SessionPolicy{{ARN: managed, ID: "ANPA1"}, {ARN: managed, ID: ""}},
			SourceID: "who", Kind: FederatedUser, Chain: []string{"AROA1", "AROA2"}, Issued: at, Expires: at.Add(time.Hour), Rev: 7, Inc: "inc",
		},
		"escapes": {
			Name: `"<&>\`, Subject: "é\u2028\xff\n", Tags: map[string]string{`"`: `\`}, Transitive: []string{"<"}, Policies: []string{"\x00"},
			Issued: at, Expires: at, Rev: -1,
		},
	} {
		want, err := json.Marshal(sealedSession{
			Secret: s.Secret.Reveal(), RoleID: s.RoleID, Name: s.Name, Origin: s.Origin, Provider: s.Provider, Subject: s.Subject,
			SubjectType: s.SubjectOf.Type, Qualifier: s.SubjectOf.Qualifier,
			Tags: s.Tags, Transitive: s.Transitive, Policies: s.Policies, Managed: sealManaged(s.Managed),
			SourceID: s.SourceID, Kind: s.Kind, Chain: s.Chain,
			Issued: s.Issued.Unix(), Expires: s.Expires.Unix(), Rev: s.Rev, Inc: s.Inc,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.appendSealed(nil)); got != string(want) {
			t.Errorf("%s: sealed\n%s, declared\n%s", what, got, want)
		}
	}
}
