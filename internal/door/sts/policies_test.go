package sts_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// trusting is a trust policy of statements, each an effect and the principal that it names.
func trusting(pairs ...string) string {
	var statements []string
	for i := 0; i < len(pairs); i += 2 {
		statements = append(statements, `{"Effect":"`+pairs[i]+`","Principal":{"AWS":"`+pairs[i+1]+`"},"Action":"sts:AssumeRole"}`)
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// TestVector05And06TrustStatements: each statement of a trust policy counts, the first that names somebody else as well as one
// that denies and has no Resource.
func TestVector05And06TrustStatements(t *testing.T) {
	for what, tc := range map[string]struct {
		trust string
		want  int
	}{
		"05 the second names the caller": {trusting("Allow", poorID, "Allow", firstID), http.StatusOK},
		"05 none does":                   {trusting("Allow", poorID), http.StatusForbidden},
		"06 the only one denies":         {trusting("Deny", firstID), http.StatusForbidden},
		"06 one allows and one denies":   {trusting("Allow", firstID, "Deny", firstID), http.StatusForbidden},
	} {
		w, h := serve(t)
		role := w.Bare("named")
		role.Trust = tc.trust
		w.Write(role)
		rec := as(w, h, w.Session("first"), ask("named"))
		if tc.want == http.StatusForbidden {
			w.Refused(rec, tc.want, access.Denied)
		} else if rec.Code != tc.want {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Body)
		}
	}
}

// TestVector31StarOfASubject: a star in a StringEquals of a trust policy is a star.
func TestVector31StarOfASubject(t *testing.T) {
	subject := doortest.GUID(doortest.FunctionID).String()
	for operator, want := range map[string]int{"StringEquals": http.StatusForbidden, "StringLike": http.StatusOK} {
		w, h := serve(t)
		role := w.Bare("reader")
		role.Trust = strings.NewReplacer("StringEquals", operator, subject, subject[:8]+"*").Replace(role.Trust)
		w.Write(role)
		rec := w.Do(h, call(assume("reader", w.Token("function", doortest.AWSAudience))))
		if want == http.StatusForbidden {
			w.Refused(rec, want, access.Denied)
		} else if rec.Code != want {
			t.Errorf("%s: %d %s", operator, rec.Code, rec.Body)
		}
	}
}
