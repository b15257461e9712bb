package mint

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestWhatASessionHandsOn: whose it is, the roles it came through, its transitive tags and its source identity, whatever
// the request says.
func TestWhatASessionHandsOn(t *testing.T) {
	w := newWorks(t)
	role := chainRole(t)
	from := &credential.Session{
		Account: role.ARN.Account(), RoleID: "AROASECOND", Chain: []string{"AROAFIRST"}, Origin: w.one.Principal.ObjectID, SourceID: "ana",
		Tags: map[string]string{"Team": "red", "Mine": "1"}, Transitive: []string{"Team"}, Expires: w.Now().Add(time.Minute),
	}
	got, err := w.Session(t.Context(), w.view, SessionRequest{
		Role: role, Name: "s", From: from, SourceID: "eve", Tags: map[string]string{"team": "blue", "own": "2"}, Transitive: []string{"own"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := credential.Session{
		Chain: []string{"AROAFIRST", "AROASECOND"}, SourceID: "ana", Tags: map[string]string{"Team": "red", "own": "2"},
		Transitive: []string{"Team", "own"},
	}
	have := credential.Session{Chain: got.Chain, SourceID: got.SourceID, Tags: got.Tags, Transitive: got.Transitive}
	if got.Origin != from.Origin {
		t.Errorf("it is of %s", got.Origin)
	}
	if diff := cmp.Diff(want.Tags, have.Tags) + cmp.Diff(want.Chain, have.Chain) + cmp.Diff(want.Transitive, have.Transitive); diff != "" || have.SourceID != want.SourceID {
		t.Errorf("%s, source identity %s", diff, have.SourceID)
	}
	if life := got.Expires.Sub(got.Issued); life != time.Hour {
		t.Errorf("a role's session ends after %s, whenever the caller's does", life)
	}
}

// TestVector33Chained: a session that a session of a role asks for lives an hour at most, and longer is refused.
func TestVector33Chained(t *testing.T) {
	w := newWorks(t)
	role := chainRole(t)
	long := *role
	long.MaxSession = 43200
	chained := SessionRequest{Role: &long, Name: "s", From: &credential.Session{RoleID: "AROAFIRST"}, Duration: 3601 * time.Second}
	if _, err := w.Session(t.Context(), w.view, chained); !fault.Is(err, DurationTooLong) {
		t.Errorf("3601 s: %v", err)
	}
	chained.Duration = time.Hour
	if _, err := w.Session(t.Context(), w.view, chained); err != nil {
		t.Errorf("an hour: %v", err)
	}
	chained.From, chained.Duration = nil, 12*time.Hour
	if _, err := w.Session(t.Context(), w.view, chained); err != nil {
		t.Errorf("12 hours, not chained: %v", err)
	}
}

// TestSessionsOfTheRoot: an hour at most, and never beyond the session that asks.
func TestSessionsOfTheRoot(t *testing.T) {
	w := newWorks(t)
	role := chainRole(t)
	for what, tc := range map[string]struct {
		asked, left, want time.Duration
	}{
		"clipped":                    {36 * time.Hour, 2 * time.Hour, time.Hour},
		"as asked":                   {15 * time.Minute, time.Hour, 15 * time.Minute},
		"not longer than the caller": {time.Hour, 10 * time.Minute, 10 * time.Minute},
	} {
		account := role.ARN.Account()
		got, err := w.Session(t.Context(), w.view, SessionRequest{
			Account: account, Name: "bob", Kind: credential.FederatedUser, Duration: tc.asked,
			From: &credential.Session{Account: account, Expires: w.Now().Truncate(time.Second).Add(tc.left)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if life := got.Expires.Sub(got.Issued); life < tc.want-time.Second || life > tc.want || len(got.Chain) > 0 {
			t.Errorf("%s: %s, chain %v", what, life, got.Chain)
		}
	}
}

func chainRole(t *testing.T) *view.Role {
	t.Helper()
	arn, err := name.ParseARN("arn:aws:iam::123456789012:role/r")
	if err != nil {
		t.Fatal(err)
	}
	return &view.Role{ARN: arn, UniqueID: "AROATARGET", Name: "r", MaxSession: 3600}
}
