package mint

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// told gives what a token tells AWS.
func told(t *testing.T, token Token) map[string]any {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(token.Access.Reveal(), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for claim, value := range all {
		if short, ok := strings.CutPrefix(claim, "https://aws.amazon.com/"); ok {
			out[short] = value
		}
	}
	return out
}

// tell makes the audience tell AWS of identities, and tags the identity "one".
func (w *works) tell(t *testing.T, said *view.AWSClaims, tags view.Tags) {
	t.Helper()
	app, one := *w.app, *w.one
	app.AWS, one.Tags = said, tags
	w.put(t, &app)
	w.put(t, &one)
}

// TestWhatATokenTellsAWS: what the audience asks for, of the identity and never of its host, and nothing else.
func TestWhatATokenTellsAWS(t *testing.T) {
	w := newWorks(t)
	host := *w.on(t, "single").Resource
	host.Tags = view.Tags{"team": "the host's"}
	w.put(t, &host)
	said := &view.AWSClaims{
		Tags: []view.AWSTag{
			{Key: "client", Fact: "clientId"},
			{Key: "group", Fact: "resourceGroup"},
			{Key: "name", Fact: "name"},
			{Key: "squad", Fact: "tag:team"},
			{Key: "sub", Fact: "subscription"},
		},
		Transitive: []string{"squad"}, SourceID: "objectId", Roles: []string{"arn:aws:iam::111122223333:role/a"},
	}
	w.tell(t, said, view.Tags{"team": `é blue`, "other": "x"})
	first, err := w.ask(t, "single", Selector{})
	if err != nil {
		t.Fatal(err)
	}
	one := []any{w.one.Principal.ClientID.String()}
	want := map[string]any{
		"tags": map[string]any{
			"principal_tags": map[string]any{
				"client": one, "group": []any{"g"}, "name": []any{"one"}, "squad": []any{"é blue"},
				"sub": []any{w.one.ID.Subscription().String()},
			},
			"transitive_tag_keys": []any{"squad"},
		},
		"source_identity": w.one.Principal.ObjectID.String(),
		"roles":           []any{"arn:aws:iam::111122223333:role/a"},
	}
	if diff := cmp.Diff(want, told(t, first)); diff != "" {
		t.Error(diff)
	}
	again, err := w.ask(t, "single", Selector{})
	if err != nil || again.ID != first.ID {
		t.Errorf("not served again: %v", err)
	}
	w.tell(t, said, view.Tags{"team": "red"})
	changed, err := w.ask(t, "single", Selector{})
	if err != nil || changed.ID == first.ID {
		t.Fatalf("an old token is served after the tag changed: %v", err)
	}
	said.Roles = nil
	w.tell(t, said, view.Tags{"team": "red"})
	if got, err := w.ask(t, "single", Selector{}); err != nil || told(t, got)["roles"] != nil {
		t.Errorf("an old token is served after the audience changed: %v", err)
	}
	w.tell(t, nil, view.Tags{"team": "red"})
	if got, err := w.ask(t, "single", Selector{}); err != nil || len(told(t, got)) != 0 {
		t.Errorf("AWS is told of an identity that nobody asked for: %v", err)
	}
}

// TestAWSIsToldAllOrNothing: a token that would say less than the audience asks for is not made.
func TestAWSIsToldAllOrNothing(t *testing.T) {
	tag := func(fact string) *view.AWSClaims {
		return &view.AWSClaims{Tags: []view.AWSTag{{Key: "k", Fact: fact}}}
	}
	many := &view.AWSClaims{}
	for i := range 50 {
		many.Tags = append(many.Tags, view.AWSTag{Key: "k" + strconv.Itoa(i), Fact: "tag:team"})
	}
	for what, tc := range map[string]struct {
		said *view.AWSClaims
		tags view.Tags
	}{
		"no such tag":                {tag("tag:team"), view.Tags{"Team": "blue"}},
		"no tags":                    {tag("tag:team"), nil},
		"an unknown fact":            {tag("mood"), nil},
		"a value that is too long":   {tag("tag:team"), view.Tags{"team": strings.Repeat("x", 257)}},
		"a value AWS does not take":  {tag("tag:team"), view.Tags{"team": "a,b"}},
		"a source AWS does not take": {&view.AWSClaims{SourceID: "tag:team"}, view.Tags{"team": "a b"}},
		"a source that is short":     {&view.AWSClaims{SourceID: "tag:team"}, view.Tags{"team": "a"}},
		"more than fits":             {many, view.Tags{"team": strings.Repeat("x", 256)}},
	} {
		w := newWorks(t)
		w.tell(t, tc.said, tc.tags)
		if token, err := w.ask(t, "single", Selector{}); !fault.Is(err, AWSClaimsUnfit) || token.Access != "" {
			t.Errorf("%s: %v", what, err)
		}
		if len(w.ledger.issued) != 0 {
			t.Errorf("%s: %d records of tokens", what, len(w.ledger.issued))
		}
	}
}

// TestApplicationsHaveNoNameForAWS: an owner of an application may change its name.
func TestApplicationsHaveNoNameForAWS(t *testing.T) {
	app := view.Owner{Application: &view.Application{DisplayName: "x", Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID()}}}
	for fact, want := range map[string]bool{
		"name": false, "resourceGroup": false, "subscription": false, "tag:x": false, "objectId": true, "clientId": true,
	} {
		if _, ok := factOf(app, fact); ok != want {
			t.Errorf("%s: %v", fact, ok)
		}
	}
	system := view.Owner{Resource: &view.Resource{Tags: view.Tags{"a": "b"}}}
	if value, _ := factOf(system, "tag:a"); value != "b" {
		t.Errorf("the resource's own tag is %q", value)
	}
}

// TestTellingNothingCostsNothing: audiences without such claims pay no allocation for them.
func TestTellingNothingCostsNothing(t *testing.T) {
	w := newWorks(t)
	o := view.Owner{Identity: w.one}
	if n := testing.AllocsPerRun(100, func() { _, _ = tellAWS(o, w.app) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
