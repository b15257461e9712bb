package guard

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/verify"
)

type identityKey struct{}

// From gives who calls, in a handler that Protect let the request through to.
func From(ctx context.Context) (*Identity, bool) {
	who, ok := ctx.Value(identityKey{}).(*Identity)
	return who, ok
}

// Protect lets a request through to next when its bearer token holds and carries all of the roles, and answers it
// otherwise: with 401, 403 or 503, and a reason in JSON.
func (g *Guard) Protect(next http.Handler, roles ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := g.Request(r)
		for _, role := range roles {
			if err == nil && !who.Has(role) {
				err = missing(role)
			}
		}
		if err != nil {
			Refuse(w, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, who)))
	})
}

// Request says who a request comes from: exactly one Authorization header with a bearer token (RFC 6750 section 2.1).
func (g *Guard) Request(r *http.Request) (*Identity, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return nil, refuse(NoToken, "", "the request needs one Authorization header with a bearer token")
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, refuse(NoToken, "", "the request needs a bearer token")
	}
	return g.Verify(r.Context(), token)
}

// Refuse answers a request whose token does not hold (RFC 6750 section 3). It tells the reason, and never the token.
func Refuse(w http.ResponseWriter, err error) {
	type refusal struct {
		Reason  verify.Reason `json:"reason"`
		Message string        `json:"message"`
	}
	status, h := Status(err), w.Header()
	switch status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		if verify.ReasonOf(err) == NoToken {
			h.Set("WWW-Authenticate", "Bearer")
		}
	case http.StatusForbidden:
		h.Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]refusal{"error": {verify.ReasonOf(err), detailOf(err)}}) // a caller who has gone reads nothing
}
