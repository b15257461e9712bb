package eks_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/eks"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/federation/issuertest"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

const (
	associations = "/clusters/shop/pod-identity-associations"
	clusterARN   = "arn:aws:eks:us-east-2:111122223333:cluster/shop"
	podRoleID    = "AROAPODROLE000000"
)

// world is both doors, and two clusters with issuers of their own: "shop", where the service account "cart" of "web" has the role
// "for-pods", and "far" of another account.
type world struct {
	*doortest.World
	door, agent http.Handler
	issuer      *issuertest.Issuer
	other       *issuertest.Issuer
}

func serve(t *testing.T) *world {
	t.Helper()
	w := &world{World: doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))}
	w.issuer, w.other = issuertest.New(t, w.Now), issuertest.New(t, w.Now)
	room := func() error { return nil }
	give := eks.Pods{Verifier: w.Verifier, Mint: w.Mint, Now: w.Now}
	door, err := eks.Door{Pods: give, Directory: w.Trying(), Authn: w.Authn, Audit: w.Ledger, Room: room, Last: room}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	agent, err := eks.Agent{Pods: give, View: w.Current}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	w.door, w.agent = door, agent
	for _, i := range []*issuertest.Issuer{w.issuer, w.other} {
		w.Write(&view.Issuer{URL: issuer(t, i.URL), Keys: view.Raw(i.JWKS())})
	}
	trust := func(condition string, actions ...string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["` +
			strings.Join(actions, `","`) + `"]` + condition + `}}`
	}
	const both, tag = "sts:AssumeRole", "sts:TagSession"
	change := `{"Effect":"Allow","Action":["eks:*","eks-auth:*"],"Resource":"arn:aws:eks:us-east-2:111122223333:*"}`
	pass := `,{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/for-*","Condition":{"StringEquals":{"iam:PassedToService":"pods.eks.amazonaws.com"}}}`
	read := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`
	for _, r := range []struct{ called, id, trust, rights string }{
		{"changer", "AROACHANGER000000", trust("", both), change},
		{"passer", "AROAPASSER0000000", trust("", both), change + pass},
		{"for-pods", podRoleID, trust("", both, tag), read},
		{"for-web", "AROAFORWEB0000000", trust(`,"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"web","aws:SourceArn":"`+clusterARN+`","aws:SourceAccount":"111122223333"}}`, both, tag), read},
		{"for-untagged", "AROAUNTAGGED00000", trust("", both), read},
		{"for-lambda", "AROAFORLAMBDA0000", strings.ReplaceAll(trust("", both, tag), "pods.eks", "lambda"), read},
	} {
		w.Write(&view.Role{
			ARN: arn(t, doortest.RoleARN(r.called)), UniqueID: r.id, Path: "/", Name: r.called, MaxSession: 3600, Trust: r.trust,
			Inline: map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + r.rights + `]}`},
		})
	}
	w.Write(
		&view.Cluster{ARN: arn(t, clusterARN), UID: doortest.GUID(0xe00), Issuer: issuer(t, w.issuer.URL)},
		&view.Cluster{ARN: arn(t, "arn:aws:eks:us-east-2:444455556666:cluster/far"), UID: doortest.GUID(0xe01), Issuer: issuer(t, w.other.URL)},
	)
	w.bind(t, podRoleID, false)
	return w
}

// bind gives web/cart a role.
func (w *world) bind(t *testing.T, role string, noTags bool) {
	t.Helper()
	w.Write(&view.PodAssociation{
		ARN: arn(t, "arn:aws:eks:us-east-2:111122223333:podidentityassociation/shop/a-first"), UID: doortest.GUID(0xe10), Cluster: doortest.GUID(0xe00),
		Namespace: "web", ServiceAccount: "cart", Role: role, NoTags: noTags, Created: doortest.Start(),
	})
}

// rebind gives web/cart another role as the door does.
func (w *world) rebind(t *testing.T, role string) {
	t.Helper()
	v, _, err := directory.Try(w.View, w.Now(), func(e *directory.Edit) error {
		_, err := pods.Update(e, doortest.GUID(0xe10), pods.Change{Role: &role})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.View = v
}

func arn(t *testing.T, text string) name.ARN {
	t.Helper()
	a, err := name.ParseARN(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issuer(t *testing.T, text string) name.IssuerURL {
	t.Helper()
	u, err := name.ParseIssuerURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// claims are what a pod's token says.
func claims(namespace, account string, more map[string]any) map[string]any {
	c := map[string]any{
		"sub": "system:serviceaccount:" + namespace + ":" + account, "aud": []string{"pods.eks.amazonaws.com"},
		"kubernetes.io": map[string]any{
			"namespace": namespace, "serviceaccount": map[string]any{"name": account, "uid": "5e1f"},
			"pod": map[string]any{"name": "cart-7d9f", "uid": "0190a5c2-3b1e-8000-8000-00000000000a"},
		},
	}
	maps.Copy(c, more)
	return c
}

// ask is a request that a session of the role has signed.
func (w *world) ask(role, method, path, body string) *httptest.ResponseRecorder {
	service := "eks"
	if strings.HasSuffix(path, "assume-role-for-pod-identity") {
		service = "eks-auth"
	}
	return w.Do(w.door, w.Signed(doortest.Request{Method: method, Target: path, Body: body, Header: http.Header{}}, w.Signing(w.Session(role), service)))
}

// pod asks the endpoint that pods ask.
func (w *world) pod(tokens ...string) *httptest.ResponseRecorder {
	return w.at("/clusters/111122223333/shop/v1/credentials", tokens...)
}

func (w *world) at(path string, tokens ...string) *httptest.ResponseRecorder {
	return w.Do(w.agent, doortest.Request{Target: path, Header: http.Header{"Authorization": tokens}, Plain: true})
}

// auth asks EKS Auth as an agent that may.
func (w *world) auth(token string) *httptest.ResponseRecorder {
	body, _ := json.Marshal(map[string]string{"token": token})
	return w.ask("changer", http.MethodPost, "/clusters/shop/assume-role-for-pod-identity", string(body))
}

// opened reads the session out of what the endpoint gave.
func (w *world) opened(t *testing.T, rec *httptest.ResponseRecorder) *credential.Session {
	t.Helper()
	var got struct{ AccessKeyID, Token, AccountID, Expiration string }
	if err := json.Unmarshal(rec.Body.Bytes(), &got); rec.Code != 200 || err != nil || got.AccountID != "111122223333" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	s, err := credential.OpenSession(w.Keys, got.AccessKeyID, got.Token)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAPodHasTheRoleOfItsServiceAccount: by its own token, with tags that say which pod it is, at both endpoints.
func TestAPodHasTheRoleOfItsServiceAccount(t *testing.T) {
	w := serve(t)
	token := w.issuer.Token(claims("web", "cart", nil))
	s := w.opened(t, w.pod(token))
	want := map[string]string{
		"eks-cluster-arn": clusterARN, "eks-cluster-name": "shop", "kubernetes-namespace": "web", "kubernetes-service-account": "cart",
		"kubernetes-pod-name": "cart-7d9f", "kubernetes-pod-uid": "0190a5c2-3b1e-8000-8000-00000000000a",
	}
	if diff := cmp.Diff(want, s.Tags); diff != "" || s.RoleID != podRoleID || len(s.Transitive) != 6 || s.Name != "eks-shop-cart-7d9f-0190a5c2-3b1e-8000-8000-00000000000a" {
		t.Errorf("%s %+v", diff, s)
	}
	last := w.Ledger.Last()
	if last.Outcome != audit.Issued || last.Principal.Display != "system:serviceaccount:web:cart" || last.Input["pod"] != "cart-7d9f" || last.Decision == nil {
		t.Errorf("recorded %+v", last)
	}
	rec := w.auth(token)
	var got struct {
		Subject                struct{ Namespace, ServiceAccount string }
		Audience               string
		PodIdentityAssociation struct{ AssociationArn, AssociationID string }
		AssumedRoleUser        struct{ Arn, AssumeRoleID string }
		Credentials            struct {
			SessionToken, SecretAccessKey, AccessKeyID string
			Expiration                                 int64
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); rec.Code != 200 || err != nil {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if got.Subject.ServiceAccount != "cart" || got.Audience != "pods.eks.amazonaws.com" || got.PodIdentityAssociation.AssociationID != "a-first" ||
		!strings.HasPrefix(got.AssumedRoleUser.Arn, "arn:aws:sts::111122223333:assumed-role/for-pods/eks-shop-") ||
		got.Credentials.SessionToken == "" || got.Credentials.SecretAccessKey == "" || got.Credentials.Expiration != w.Now().Add(time.Hour).Unix() {
		t.Errorf("%+v", got)
	}
	if last := w.Ledger.Last(); last.Principal.Kind != "role" || last.Input["serviceAccount"] != "cart" {
		t.Errorf("recorded %+v", last)
	}
}

// TestK03WhoIsNotThatPod: another service account, namespace, cluster or account, no association and a role that does not let EKS
// in are told the same, and nobody gets another's role.
func TestK03WhoIsNotThatPod(t *testing.T) {
	w := serve(t)
	good := w.issuer.Token(claims("web", "cart", nil))
	first := w.pod(w.issuer.Token(claims("web", "cart2", nil)))
	w.Refused(first, 403, eks.NoAssociation)
	for what, rec := range map[string]*httptest.ResponseRecorder{
		"another namespace":        w.pod(w.issuer.Token(claims("web2", "cart", nil))),
		"another cluster's issuer": w.pod(w.other.Token(claims("web", "cart", nil))),
		"another account":          w.at("/clusters/444455556666/shop/v1/credentials", good),
		"no such cluster":          w.at("/clusters/111122223333/none/v1/credentials", good),
		"no such account":          w.at("/clusters/999999999999/shop/v1/credentials", good),
		"not a cluster's name":     w.at("/clusters/111122223333/-/v1/credentials", good),
		"a token of our own":       w.pod(w.Sign(claims("web", "cart", w.ClaimsOf(w.Token("function", doortest.AWSAudience))))),
	} {
		if what == "a token of our own" {
			w.Refused(rec, 401, eks.NotAPod) // its audience is another one
			continue
		}
		if rec.Code != first.Code || rec.Body.String() != first.Body.String() {
			t.Errorf("%s: %d %s, want %d %s", what, rec.Code, rec.Body, first.Code, first.Body)
		}
	}
	for _, role := range []string{"AROAFORLAMBDA0000", "AROAUNTAGGED00000", "AROADELETED000000"} {
		w.bind(t, role, false)
		rec := w.pod(good)
		w.Refused(rec, 403, access.Denied)
		if rec.Body.String() != first.Body.String() {
			t.Errorf("%s: %s", role, rec.Body)
		}
	}
	w.bind(t, "AROAUNTAGGED00000", true)
	if s := w.opened(t, w.pod(good)); len(s.Tags)+len(s.Transitive) != 0 {
		t.Errorf("session tags that are switched off: %v", s.Tags)
	}
	w.bind(t, "AROAFORWEB0000000", false)
	w.opened(t, w.pod(good))
	refused := w.auth(w.issuer.Token(claims("web", "nobody", nil)))
	w.Refused(refused, 400, eks.NoAssociation)
	if refused.Header().Get("X-Amzn-Errortype") != "AccessDeniedException" {
		t.Errorf("%v", refused.Header())
	}
}

// TestTokensOfPods: what is wrong with a token is told to nobody, but that it is over.
func TestTokensOfPods(t *testing.T) {
	w := serve(t)
	k8s := func(more map[string]any) map[string]any {
		c := claims("web", "cart", nil)
		inner := maps.Clone(c["kubernetes.io"].(map[string]any))
		maps.Copy(inner, more)
		c["kubernetes.io"] = inner
		return c
	}
	for what, tc := range map[string]struct {
		claims map[string]any
		why    fault.Reason
	}{
		"another audience":   {claims("web", "cart", map[string]any{"aud": "sts.amazonaws.com"}), eks.NotAPod},
		"two audiences":      {claims("web", "cart", map[string]any{"aud": []string{"pods.eks.amazonaws.com", "vault"}}), eks.NotAPod},
		"no audience":        {claims("web", "cart", map[string]any{"aud": nil}), federation.ClaimMissing},
		"no pod":             {k8s(map[string]any{"pod": nil}), eks.NotAPod},
		"an empty pod":       {k8s(map[string]any{"pod": map[string]any{"name": "", "uid": "x"}}), eks.NotAPod},
		"another namespace":  {k8s(map[string]any{"namespace": "kube-system"}), eks.NotAPod},
		"another account":    {k8s(map[string]any{"serviceaccount": map[string]any{"name": "admin"}}), eks.NotAPod},
		"a pod of slashes":   {k8s(map[string]any{"pod": map[string]any{"name": "a/b", "uid": "x"}}), eks.NotAPod},
		"no claim of pods":   {claims("web", "cart", map[string]any{"kubernetes.io": nil}), eks.NotAPod},
		"a claim of another": {claims("web", "cart", map[string]any{"kubernetes.io": []string{"x"}}), eks.NotAPod},
		"over":               {claims("web", "cart", map[string]any{"exp": w.Now().Add(-time.Hour).Unix(), "iat": w.Now().Add(-2 * time.Hour).Unix()}), federation.Expired},
		"an unknown issuer":  {claims("web", "cart", map[string]any{"iss": "https://nobody.example"}), federation.IssuerUnknown},
	} {
		token := w.issuer.Token(tc.claims)
		w.Refused(w.pod(token), 401, tc.why)
		code := "InvalidTokenException"
		if tc.why == federation.Expired {
			code = "ExpiredTokenException"
		}
		rec := w.auth(token)
		w.Refused(rec, 400, tc.why)
		if got := rec.Header().Get("X-Amzn-Errortype"); got != code || strings.Contains(rec.Body.String(), "audience") {
			t.Errorf("%s: %s %s", what, got, rec.Body)
		}
	}
	good := w.issuer.Token(claims("web", "cart", nil))
	w.Refused(w.pod(good[:len(good)-4]+"AAAA"), 401, federation.BadSignature)
	w.Refused(w.pod("x"), 401, federation.Malformed)
}

// TestM01TheEndpointWantsAToken: who has none, or two, or comes through a proxy, gets nothing, and there is a record.
func TestM01TheEndpointWantsAToken(t *testing.T) {
	w := serve(t)
	good := w.issuer.Token(claims("web", "cart", nil))
	w.Refused(w.pod(), 401, resolve.NoProof)
	w.Refused(w.pod(""), 401, resolve.NoProof)
	w.Refused(w.pod(good, good), 401, resolve.NoProof)
	for _, header := range []string{"X-Forwarded-For", "Via", "Forwarded"} {
		w.Refused(w.Do(w.agent, doortest.Request{
			Target: "/clusters/111122223333/shop/v1/credentials", Header: http.Header{"Authorization": {good}, header: {"x"}},
		}), 403, azwire.ReasonMetadataForwarded)
	}
	if rec := w.at("/v1/credentials", good); rec.Code != 404 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.opened(t, w.pod(" "+good+"\t"))
}

// TestAClusterOfASharedIssuer: an issuer that became one of whom everybody gets tokens says nothing of pods.
func TestAClusterOfASharedIssuer(t *testing.T) {
	w := serve(t)
	token := w.issuer.Token(claims("web", "cart", nil))
	w.opened(t, w.pod(token))
	i, _ := w.View.Issuer(w.issuer.URL)
	shared := *i
	shared.Shared = true
	w.Write(&shared)
	w.Refused(w.auth(token), 400, eks.NoAssociation)
	if rec := w.pod(token); rec.Code == 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// TestSessionsOfPodsEnd: with the association, with its role, with another role in its place, and with the cluster.
func TestSessionsOfPodsEnd(t *testing.T) {
	for what, end := range map[string]func(w *world){
		"association":  func(w *world) { a, _ := w.View.PodAssociation(doortest.GUID(0xe10)); w.Delete(a) },
		"another role": func(w *world) { w.bind(t, "AROAFORWEB0000000", false) },
		"another role, and this one again": func(w *world) {
			w.rebind(t, "AROAFORWEB0000000")
			w.rebind(t, podRoleID)
		},
		"role":    func(w *world) { r, _ := w.View.RoleByID(podRoleID); w.Delete(r) },
		"cluster": func(w *world) { c, _ := w.View.ClusterByID(doortest.GUID(0xe00)); w.Delete(c) },
		"made again": func(w *world) {
			c, _ := w.View.ClusterByID(doortest.GUID(0xe00))
			again := *c
			again.UID = doortest.GUID(0xe77)
			w.Write(&again)
		},
	} {
		w := serve(t)
		token := w.issuer.Token(claims("web", "cart", nil))
		s := w.opened(t, w.pod(token))
		if _, err := s.Live(w.View, w.Now()); err != nil {
			t.Fatal(err)
		}
		end(w)
		if _, err := s.Live(w.View, w.Now()); !fault.Is(err, credential.SessionRevoked) {
			t.Errorf("%s: the session holds: %v", what, err)
		}
		if rec := w.pod(token); (rec.Code == 200) != strings.HasPrefix(what, "another role") {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Body)
		}
	}
}

// TestP07BindingAPodNeedsPassRole: whoever may change associations reaches no role through a pod that it may not pass.
func TestP07BindingAPodNeedsPassRole(t *testing.T) {
	w := serve(t)
	body := func(role string) string {
		return `{"namespace":"web","serviceAccount":"new","roleArn":"` + role + `","clientRequestToken":"once"}`
	}
	for _, tc := range []struct {
		caller, role string
		status       int
		why          fault.Reason
	}{
		{"denied", doortest.RoleARN("for-pods"), 403, access.Denied},
		{"changer", doortest.RoleARN("for-pods"), 403, access.Denied},
		{"changer", doortest.RoleARN("for-nobody"), 403, access.Denied},
		{"changer", doortest.RoleARN("changer"), 403, access.Denied},
		{"passer", doortest.RoleARN("writer"), 403, access.Denied},
		{"passer", "arn:aws:iam::444455556666:role/for-pods", 403, access.Denied},
		{"passer", doortest.RoleARN("for-nobody"), 400, eks.RoleMissing},
	} {
		w.Refused(w.ask(tc.caller, http.MethodPost, associations, body(tc.role)), tc.status, tc.why)
		if tc.caller != "denied" {
			w.Refused(w.ask(tc.caller, http.MethodPost, associations+"/a-first", `{"roleArn":"`+tc.role+`"}`), tc.status, tc.why)
		}
	}
	if a, _ := w.View.PodAssociation(doortest.GUID(0xe10)); a.Role != podRoleID {
		t.Fatalf("the role is %s", a.Role)
	}
	made := w.association(t, w.ask("passer", http.MethodPost, associations, body(doortest.RoleARN("for-web"))))
	if made["roleArn"] != doortest.RoleARN("for-web") || made["namespace"] != "web" || made["clusterName"] != "shop" || !strings.HasPrefix(made["associationId"].(string), "a-") {
		t.Errorf("%v", made)
	}
	last := w.Ledger.Last()
	if last.Outcome != audit.Changed || last.Decision == nil || last.Decision.Question.Action != "iam:PassRole" || last.Input["role"] != doortest.RoleARN("for-web") {
		t.Errorf("recorded %+v", last)
	}
	again := w.association(t, w.ask("passer", http.MethodPost, associations, body(doortest.RoleARN("for-web"))))
	if again["associationId"] != made["associationId"] {
		t.Errorf("the same request made another: %v", again)
	}
	w.Refused(w.ask("passer", http.MethodPost, associations, body(doortest.RoleARN("for-pods"))), 409, pods.AssociationExists)
	w.opened(t, w.pod(w.issuer.Token(claims("web", "new", nil))))
}

func (w *world) association(t *testing.T, rec *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var got struct{ Association map[string]any }
	if err := json.Unmarshal(rec.Body.Bytes(), &got); rec.Code != 200 || err != nil || got.Association == nil {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return got.Association
}

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	for what, ask := range map[string]func(*world) *httptest.ResponseRecorder{
		"create": func(w *world) *httptest.ResponseRecorder {
			return w.ask("passer", http.MethodPost, associations, `{"namespace":"web","serviceAccount":"till","roleArn":"`+doortest.RoleARN("for-web")+`"}`)
		},
		"update": func(w *world) *httptest.ResponseRecorder {
			return w.ask("passer", http.MethodPost, associations+"/a-first", `{"roleArn":"`+doortest.RoleARN("for-web")+`"}`)
		},
		"delete": func(w *world) *httptest.ResponseRecorder {
			return w.ask("passer", http.MethodDelete, associations+"/a-first", "")
		},
	} {
		w := serve(t)
		w.Meanwhile = func() { w.Write(w.Bare("passer")) }
		w.Refused(ask(w), 403, access.Denied)
		cluster, _ := w.View.Cluster(arn(t, clusterARN))
		for a := range w.View.PodAssociations(cluster, "") {
			if a.ServiceAccount != "cart" || a.Role != podRoleID {
				t.Errorf("%s: %s has the role %s", what, a.ServiceAccount, a.Role)
			}
		}
		if w = serve(t); ask(w).Code != http.StatusOK {
			t.Errorf("%s does not work with the right", what)
		}
	}
}

// TestAssociationsAtTheDoor: they are read, listed by pages, changed and deleted; a cluster of another account is a missing one.
func TestAssociationsAtTheDoor(t *testing.T) {
	w := serve(t)
	for _, called := range []string{"one", "two", "three"} {
		w.association(t, w.ask("passer", http.MethodPost, associations, `{"namespace":"`+called+`","serviceAccount":"cart","roleArn":"`+doortest.RoleARN("for-pods")+`","tags":{"a":"b"}}`))
	}
	var seen []string
	for next, pages := "", 0; ; pages++ {
		rec := w.ask("changer", http.MethodGet, associations+"?maxResults=3"+next, "")
		var got struct {
			Associations []struct{ Namespace, AssociationID string }
			NextToken    *string
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &got); rec.Code != 200 || err != nil || len(got.Associations) > 3 || pages > 1 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		for _, a := range got.Associations {
			seen = append(seen, a.Namespace)
		}
		if got.NextToken == nil {
			break
		}
		next = "&nextToken=" + *got.NextToken
	}
	if len(seen) != 4 {
		t.Errorf("listed %v", seen)
	}
	if rec := w.ask("changer", http.MethodGet, associations+"?namespace=web&serviceAccount=cart", ""); strings.Count(rec.Body.String(), "associationId") != 1 {
		t.Errorf("%s", rec.Body)
	}
	if got := w.association(t, w.ask("changer", http.MethodGet, associations+"/a-first", "")); got["roleArn"] != doortest.RoleARN("for-pods") || got["createdAt"] != float64(doortest.Start().Unix()) {
		t.Errorf("%v", got)
	}
	if got := w.association(t, w.ask("changer", http.MethodPost, associations+"/a-first", `{"disableSessionTags":true,"clientRequestToken":"x"}`)); got["disableSessionTags"] != true {
		t.Errorf("%v", got)
	}
	w.association(t, w.ask("changer", http.MethodDelete, associations+"/a-first", ""))
	w.Refused(w.ask("changer", http.MethodGet, associations+"/a-first", ""), 404, pods.AssociationNotFound)
	w.Refused(w.ask("denied", http.MethodGet, associations+"/a-first", ""), 403, access.Denied)
	w.Refused(w.ask("denied", http.MethodGet, associations, ""), 403, access.Denied)
	w.Refused(w.ask("changer", http.MethodGet, "/clusters/far/pod-identity-associations", ""), 404, pods.ClusterNotFound)
	w.Refused(w.ask("changer", http.MethodGet, "/clusters/none/pod-identity-associations", ""), 404, pods.ClusterNotFound)
	w.Refused(w.ask("denied", http.MethodPost, "/clusters/shop/assume-role-for-pod-identity", `{"token":"x"}`), 400, access.Denied)
}

// TestBadRequests: nothing is passed over as if it were done.
func TestBadRequests(t *testing.T) {
	w := serve(t)
	role := `"roleArn":"` + doortest.RoleARN("for-pods") + `"`
	for body, why := range map[string]fault.Reason{
		``: eks.BadRequest, `[]`: eks.BadRequest, `{}`: eks.BadRequest, `{"namespace":"n","serviceAccount":"s"}`: eks.BadRequest,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"more":1}`:                                               eks.BadRequest,
		`{"namespace":"n","namespace":"m","serviceAccount":"s",` + role + `}`:                                        eks.BadRequest,
		`{"namespace":1,"serviceAccount":"s",` + role + `}`:                                                          eks.BadRequest,
		`{"namespace":"n","serviceAccount":"s","roleArn":"for-pods"}`:                                                eks.BadRequest,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"disableSessionTags":"yes"}`:                             eks.BadRequest,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"tags":{"a":1}}`:                                         eks.BadRequest,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"tags":["a"]}`:                                           eks.BadRequest,
		`{"namespace":"N","serviceAccount":"s",` + role + `}`:                                                        directory.InvalidValue,
		`{"namespace":"n","serviceAccount":"s/t",` + role + `}`:                                                      directory.InvalidValue,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"targetRoleArn":"x"}`:                                    eks.NotOffered,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"policy":"{}"}`:                                          eks.NotOffered,
		`{"namespace":"n","serviceAccount":"s",` + role + `,"clientRequestToken":"` + strings.Repeat("x", 65) + `"}`: directory.InvalidValue,
	} {
		w.Refused(w.ask("passer", http.MethodPost, associations, body), 400, why)
	}
	for _, query := range []string{"?maxResults=0", "?maxResults=101", "?maxResults=x", "?nextToken=x", "?more=1", "?namespace=a&namespace=b"} {
		if rec := w.ask("passer", http.MethodGet, associations+query, ""); rec.Code != 400 {
			t.Errorf("%s: %d %s", query, rec.Code, rec.Body)
		}
	}
	for _, body := range []string{``, `{}`, `{"token":""}`, `{"token":1}`, `{"token":"a","more":1}`, `{"Token":"a"}`} {
		w.Refused(w.ask("changer", http.MethodPost, "/clusters/shop/assume-role-for-pod-identity", body), 400, eks.BadRequest)
	}
	w.Refused(w.ask("passer", http.MethodPost, associations+"/a-first", `{"namespace":"other"}`), 400, eks.BadRequest)
	w.Refused(w.ask("passer", http.MethodGet, associations+"/first", ""), 400, eks.BadRequest)
	w.Refused(w.ask("passer", http.MethodGet, associations+"/a-first", "{}x"), 400, eks.BadRequest)
	w.Refused(w.ask("passer", http.MethodGet, "/clusters/-/pod-identity-associations", ""), 400, eks.BadRequest)
}

// TestSignedOnly: who signed the request is asked before anything else, for each service by its own name.
func TestSignedOnly(t *testing.T) {
	w := serve(t)
	for _, path := range []string{associations, "/clusters/shop/assume-role-for-pod-identity"} {
		method := map[bool]string{true: http.MethodGet, false: http.MethodPost}[path == associations]
		req := doortest.Request{Method: method, Target: path, Header: http.Header{}}
		w.Refused(w.Do(w.door, req), 403, awswire.ReasonNoCredentials)
		w.Refused(w.Do(w.door, w.Signed(req, w.Signing(w.Session("changer"), "s3"))), 403, awswire.ReasonWrongScope)
	}
}

// TestNotOffered: what EKS has and this door has not is refused in EKS's words, behind whichever door is first.
func TestNotOffered(t *testing.T) {
	w := serve(t)
	cfg := w.Config()
	cfg.Name, cfg.Dialect = "first", web.Plain{}
	first, err := web.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	both, err := web.Join(first, w.door.(*web.Door))
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]string{"eks": "UnknownOperationException", "eks-auth": "UnknownOperationException", "s3": ""} {
		rec := w.Do(both, w.Signed(doortest.Request{Target: "/clusters", Header: http.Header{}}, w.Signing(w.Session("changer"), service)))
		if rec.Code != 404 || rec.Header().Get("X-Amzn-Errortype") != want || strings.Contains(rec.Body.String(), "Not offered here. Of EKS") != (want != "") {
			t.Errorf("%s: %d %v %s", service, rec.Code, rec.Header(), rec.Body)
		}
	}
}
