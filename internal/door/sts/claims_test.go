package sts_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/sts"
)

// The claims that a token says to AWS itself.
const (
	tagsClaim   = "https://aws.amazon.com/tags"
	sourceClaim = "https://aws.amazon.com/source_identity"
	rolesClaim  = "https://aws.amazon.com/roles"
)

type object = map[string]any

// TestTagsOfAToken: nested and flattened, they are the session's, and need sts:TagSession in the trust policy.
func TestTagsOfAToken(t *testing.T) {
	for name, more := range map[string]object{
		"nested":       {tagsClaim: object{"principal_tags": object{"team": []string{"red"}, "Own": []string{"1"}}, "transitive_tag_keys": []string{"team"}}},
		"nested texts": {tagsClaim: object{"principal_tags": object{"team": "red", "Own": "1"}, "transitive_tag_keys": []string{"team"}}},
		"flattened": {
			tagsClaim + "/principal_tags/team": "red", tagsClaim + "/principal_tags/Own": []string{"1"},
			tagsClaim + "/transitive_tag_keys": []string{"team"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := serve(t)
			claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
			maps.Copy(claims, more)
			token := w.Sign(claims)
			rec := w.Do(h, call(assume("web", token)))
			s, _ := opened(t, w, issued(t, rec))
			if diff := cmp.Diff(map[string]string{"team": "red", "Own": "1"}, s.Tags); diff != "" || !cmp.Equal(s.Transitive, []string{"team"}) {
				t.Errorf("%s, transitive %v", diff, s.Transitive)
			}
			if !strings.Contains(rec.Body.String(), "<PackedPolicySize>") {
				t.Errorf("no size: %s", rec.Body)
			}
			if rec := w.Do(h, call(assume("web-red", token))); rec.Code != http.StatusOK {
				t.Errorf("a role that asks for the tag: %d %s", rec.Code, rec.Body)
			}
			w.Refused(w.Do(h, call(assume("reader", token))), http.StatusForbidden, access.Denied)
			plain := w.Token("function", doortest.AWSAudience)
			w.Refused(w.Do(h, call(assume("web-red", plain))), http.StatusForbidden, access.Denied)
		})
	}
}

// TestSourceIdentityOfAToken: it is the session's, and needs sts:SetSourceIdentity in the trust policy.
func TestSourceIdentityOfAToken(t *testing.T) {
	w, h := serve(t)
	claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
	claims[sourceClaim] = "ana"
	rec := w.Do(h, call(assume("web", w.Sign(claims))))
	if s, _ := opened(t, w, issued(t, rec)); s.SourceID != "ana" || !strings.Contains(rec.Body.String(), "<SourceIdentity>ana</SourceIdentity>") {
		t.Errorf("%q in %s", s.SourceID, rec.Body)
	}
	w.Refused(w.Do(h, call(assume("reader", w.Sign(claims)))), http.StatusForbidden, access.Denied)
}

// TestRolesOfAToken: a token that lists roles assumes no other, whatever the trust policy says, and the list is looked at
// before the role is.
func TestRolesOfAToken(t *testing.T) {
	w, h := serve(t)
	claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
	w.Refused(w.Do(h, call(assume("web-listed", w.Sign(claims)))), http.StatusForbidden, access.Denied)
	for _, list := range []any{doortest.RoleARN("web-listed"), []string{"x", doortest.RoleARN("web-listed")}} {
		claims[rolesClaim] = list
		if rec := w.Do(h, call(assume("web-listed", w.Sign(claims)))); rec.Code != http.StatusOK {
			t.Errorf("%v: %d %s", list, rec.Code, rec.Body)
		}
	}
	for _, list := range []any{
		[]string{}, doortest.RoleARN("web"), doortest.RoleARN("*"), "*", doortest.RoleARN("READER"), doortest.RoleARN("reader") + "/", doortest.RoleARN("missing2"),
	} {
		claims[rolesClaim] = list
		token := w.Sign(claims)
		refused := w.Do(h, call(assume("reader", token)))
		w.Refused(refused, http.StatusBadRequest, sts.InvalidIdentityToken)
		missing := w.Do(h, call(assume("missing", token)))
		if missing.Body.String() != refused.Body.String() {
			t.Errorf("%v tells a missing role: %s", list, missing.Body)
		}
	}
}

// TestSpecialClaimsAreReadStrictly: one that cannot be read makes the token invalid, because it may have restricted.
func TestSpecialClaimsAreReadStrictly(t *testing.T) {
	w, h := serve(t)
	for name, more := range map[string]object{
		"roles are numbers":      {rolesClaim: []int{1}},
		"roles are an object":    {rolesClaim: object{}},
		"roles are null":         {rolesClaim: nil},
		"source is a list":       {sourceClaim: []string{"a"}},
		"source is reserved":     {sourceClaim: "aws:x"},
		"source is short":        {sourceClaim: "x"},
		"tags are a text":        {tagsClaim: "x"},
		"an unknown member":      {tagsClaim: object{"principal_tags": object{}, "more": 1}},
		"two values":             {tagsClaim: object{"principal_tags": object{"k": []string{"a", "b"}}}},
		"no value":               {tagsClaim: object{"principal_tags": object{"k": []string{}}}},
		"a number":               {tagsClaim: object{"principal_tags": object{"k": 1}}},
		"keys differ in case":    {tagsClaim: object{"principal_tags": object{"k": "a", "K": "b"}}},
		"reserved":               {tagsClaim: object{"principal_tags": object{"aws:k": "a"}}},
		"both spellings":         {tagsClaim: object{"principal_tags": object{"k": "a"}}, tagsClaim + "/principal_tags/k": "b"},
		"transitive, no tag":     {tagsClaim: object{"transitive_tag_keys": []string{"k"}}},
		"flattened without name": {tagsClaim + "/principal_tags/": "b"},
	} {
		t.Run(name, func(t *testing.T) {
			claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
			maps.Copy(claims, more)
			w.Refused(w.Do(h, call(assume("web", w.Sign(claims)))), http.StatusBadRequest, sts.InvalidIdentityToken)
		})
	}
	claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
	claims["https://aws.amazon.com/other"] = object{"a": 1}
	if rec := w.Do(h, call(assume("web", w.Sign(claims)))); rec.Code != http.StatusOK {
		t.Errorf("a claim of AWS's that means nothing here: %d %s", rec.Code, rec.Body)
	}
}

// TestSessionPoliciesOfAToken: a managed one limits the session beside the inline one.
func TestSessionPoliciesOfAToken(t *testing.T) {
	w, h := serve(t)
	good := assume("web", w.Token("function", doortest.AWSAudience))
	s, _ := opened(t, w, issued(t, w.Do(h, call(with(good, "PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/lists")))))
	if len(s.Managed) != 1 || s.Managed[0].ID != "ANPALISTS0000000" {
		t.Errorf("%+v", s.Managed)
	}
	// TestVector08: what exists is told to nobody who may not assume the role.
	untrusted := assume("untrusting", w.Token("function", doortest.AWSAudience))
	w.Refused(w.Do(h, call(with(untrusted, "PolicyArns.member.1.arn", "arn:aws:iam::111122223333:policy/none"))), http.StatusForbidden, access.Denied)
}

// TestVector38AudienceListAtTheDoor: any audience that is registered is enough for the provider, and conditions see all.
func TestVector38AudienceListAtTheDoor(t *testing.T) {
	w, h := serve(t)
	claims := w.ClaimsOf(w.Token("function", doortest.AWSAudience))
	claims["aud"] = []string{"api://other", doortest.AWSAudience}
	if rec := w.Do(h, call(assume("reader", w.Sign(claims)))); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	claims["aud"] = []string{"api://other", "api://third"}
	wantCode(t, w, w.Do(h, call(assume("reader", w.Sign(claims)))), http.StatusBadRequest, "InvalidIdentityToken")
}
