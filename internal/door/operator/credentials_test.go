package operator

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

const storage = "https://storage.azure.com"

func (w *world) token(as, identity string) opwire.Token {
	w.t.Helper()
	return get[opwire.Token](w, "POST", opwire.PathToken, opwire.TokenRequest{As: as, Resource: storage, Identity: identity})
}

func TestToken(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	got := w.token("reader", "")
	r, _ := w.view().Resource(resourceID(t, resourceOf(w, "demo", "reader")))
	var claims struct{ Aud, Oid, Tid, Idtyp string }
	must(t, json.Unmarshal(got.Claims, &claims))
	if claims.Aud != storage || claims.Oid != r.System.ObjectID.String() || claims.Idtyp != "app" || got.ClientID != r.System.ClientID.String() {
		t.Errorf("claims %s of %s", got.Claims, got.ClientID)
	}
	keys, err := ring()
	must(t, err)
	tokens := &credential.Tokens{Keys: keys}
	if held, err := tokens.Verify(w.view(), w.clock.now(), got.AccessToken); err != nil || held.Owner.Resource != r {
		t.Errorf("the token does not hold: %v", err)
	}

	rec := w.ledger("token")
	if rec.Outcome != audit.Allowed || rec.Principal.Kind != "operator" || rec.Resource != r.ID.String() || rec.Audience != storage {
		t.Errorf("the record is %+v", rec)
	}
	var issued int
	for r, err := range w.audit.Query(t.Context(), audit.Filter{Operation: "token", Outcome: audit.Issued}) {
		must(t, err)
		if r.Principal.Kind == "servicePrincipal" && r.TokenID == rec.TokenID && r.Input["for"] == rec.Principal.Display {
			issued++
		}
	}
	if issued != 1 {
		t.Errorf("%d records of mint's", issued)
	}
}

// TestTokenServedAgain wants each hand-out in the ledger, also of a token that was made before.
func TestTokenServedAgain(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	first := w.token("reader", "")
	w.clock.pass(time.Minute)
	if again := w.token("reader", ""); again.AccessToken != first.AccessToken {
		t.Fatal("the token was not served again, so the test tests nothing")
	}
	count := 0
	for r, err := range w.audit.Query(t.Context(), audit.Filter{Stream: audit.LedgerStream, Operation: "token", Outcome: audit.Allowed}) {
		must(t, err)
		if r.Principal.Kind == "operator" {
			count++
		}
	}
	if count != 2 {
		t.Errorf("%d ledger records of two hand-outs", count)
	}
}

func TestTokenIdentities(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	twin := resourceOf(w, "other", "twin")
	shared, _ := w.view().Identity(resourceID(t, strings.Replace(resourceOf(w, "demo", "shared"), "Microsoft.Web/sites", "Microsoft.ManagedIdentity/userAssignedIdentities", 1)))
	for _, identity := range []string{
		shared.Principal.ClientID.String(), shared.Principal.ObjectID.String(), shared.ID.String(), "shared", "demo/shared",
	} {
		if got := w.token(twin, identity); got.ClientID != shared.Principal.ClientID.String() {
			t.Errorf("%s: a token of %s", identity, got.ClientID)
		}
	}
	refused := func(as, identity, resource string, why fault.Reason) {
		t.Helper()
		w.refused("POST", opwire.PathToken, opwire.TokenRequest{As: as, Resource: resource, Identity: identity}, why)
	}
	refused(twin, "", storage, mint.IdentityAmbiguous)
	refused(twin, "reader", storage, mint.IdentityNotFound)
	refused("demo/twin", "second", storage, mint.IdentityNotFound)
	refused(twin, "operator", storage, BadName)
	refused("bare", "", storage, mint.NoIdentity)
	refused("reader", "", "api://nobody", mint.AudienceUnregistered)
	refused("reader", "", "", BadRequest)
	refused("reader", "", "a\nb", BadRequest)
	refused("root@default", "", storage, NotAWorkload)
	refused("shared", "", storage, NotAWorkload)

	o, _ := w.view().OperatorOf(w.view().Installation().Tenant)
	if got := w.token("operator", ""); got.ClientID != o.ClientID.String() {
		t.Errorf("the operator's token is of %s", got.ClientID)
	}
}

func TestSessionOfNobody(t *testing.T) {
	w := newWorld(t)
	w.apply(scene + "---\nkind: Tenant\nname: staging\n")
	for _, who := range []string{"reader", "operator@staging"} {
		w.refused("POST", opwire.PathSession, opwire.SessionRequest{As: who}, NoAccount)
	}
}

// TestSessionHolds wants credentials of the operator to hold, and to end with a revocation of the role or the account.
func TestSessionHolds(t *testing.T) {
	w := newWorld(t)
	keys, err := ring()
	must(t, err)
	for who, revoked := range map[string]string{
		"operator": operatorRoleARN(w.view().Installation().Account).String(), "root@default": w.view().Installation().Account.String(),
	} {
		got := get[opwire.Session](w, "POST", opwire.PathSession, opwire.SessionRequest{As: who})
		s, err := credential.OpenSession(keys, got.AccessKeyID, got.SessionToken)
		must(t, err)
		if _, err := s.Live(w.view(), w.clock.now()); err != nil || s.Secret.Reveal() != got.SecretAccessKey {
			t.Errorf("%s: the session does not hold: %v", who, err)
		}
		get[opwire.ApplyResult](w, "POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: revoked})
		if _, err := s.Live(w.view(), w.clock.now()); !fault.Is(err, credential.SessionRevoked) {
			t.Errorf("%s: a revoked session: %v", who, err)
		}
	}
}

func TestRevoke(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	keys, err := ring()
	must(t, err)
	tokens := &credential.Tokens{Keys: keys}
	r, _ := w.view().Resource(resourceID(t, resourceOf(w, "demo", "reader")))
	for _, who := range []string{"reader", r.ID.String(), r.System.ObjectID.String(), r.System.ClientID.String()} {
		token := w.token("reader", "").AccessToken
		got := get[opwire.ApplyResult](w, "POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: who})
		if len(got.Steps) != 1 || got.Steps[0].ID != r.System.ObjectID.String() || got.Revision != w.view().Rev() {
			t.Errorf("%s: %+v", who, got)
		}
		if _, err := tokens.Verify(w.view(), w.clock.now(), token); !fault.Is(err, credential.TokenRevoked) {
			t.Errorf("%s: a revoked token: %v", who, err)
		}
	}
	if got := get[opwire.ApplyResult](w, "POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: "operator"}); len(got.Steps) != 2 {
		t.Errorf("the operator has two sides: %+v", got)
	}
	if rec := w.ledger("revoke"); rec.Outcome != audit.Changed || rec.Resource != "operator" {
		t.Errorf("the record is %+v", rec)
	}
	for who, why := range map[string]fault.Reason{
		"nobody": NameUnknown, "twin": NameAmbiguous, "bare": mint.NoIdentity, "other/twin": mint.IdentityAmbiguous,
		"8c1b0000-0000-4000-8000-000000000000": directory.PrincipalNotFound, "000000000000": directory.AccountNotFound, "a/b/c": BadName,
		"arn:aws:sts::123456789012:assumed-role/a/b": BadName, "arn:aws:iam::123456789012:role/a": directory.RoleNotFound,
	} {
		w.refused("POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: who}, why)
	}
}

// TestNoSecretsKept wants nothing of what was handed out in the log, in the records or in any later answer.
func TestNoSecretsKept(t *testing.T) {
	w := newWorld(t)
	w.apply(scene)
	secrets := map[string]string{}
	l := w.launched("reader")
	secrets["launch secret"] = l.Secret
	o := w.launched("operator")
	secrets["operator's launch secret"] = o.Secret
	secrets["secret access key"], secrets["session token"] = o.Session.SecretAccessKey, o.Session.SessionToken
	token := w.token("reader", "").AccessToken
	secrets["token"] = token
	secrets["signature"] = token[strings.LastIndexByte(token, '.')+1:]

	kept := map[string]string{"log": w.log.String()}
	_, kept["records"] = w.send("GET", opwire.PathAudit, nil)
	_, kept["status"] = w.send("GET", opwire.PathStatus, nil)
	_, kept["renewal"] = w.send("PUT", opwire.PathLaunchs+l.ID, nil)
	for _, kind := range []string{"Resource", "Role", "RoleAssignment", "Application", "UserAssignedIdentity"} {
		_, kept[kind] = w.send("GET", opwire.PathRecords+kind, nil)
	}
	for place, text := range kept {
		if text == "" {
			t.Errorf("%s is empty: the test tests nothing", place)
		}
		for what, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the %s stands in the %s", what, place)
			}
		}
	}
}

// TestRevokeNothing wants an operator without sides to be said so.
func TestRevokeNothing(t *testing.T) {
	w := newWorld(t)
	w.apply("kind: Account\nname: archive\n")
	archive, _ := w.view().AccountNamed("archive")
	root := get[opwire.ApplyResult](w, "POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: "arn:aws:iam::" + archive.ID.String() + ":root"})
	if len(root.Steps) != 1 || root.Steps[0].Kind != "Account" {
		t.Errorf("the root: %+v", root)
	}
	get[opwire.ApplyResult](w, "DELETE", opwire.RecordPath("Role", operatorRoleARN(archive.ID).String()), nil)
	w.refused("POST", opwire.PathRevoke, opwire.RevokeRequest{Principal: "operator@archive"}, directory.RoleNotFound)
	w.refused("POST", opwire.PathLaunch, opwire.LaunchRequest{As: "operator@archive"}, access.Denied)
}
