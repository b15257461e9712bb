package feed

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// service is the door with what it remembers of those who wait.
type service struct {
	Door
	page    int
	waiting waiting
}

// question is one request, decoded.
type question struct {
	since cursor
	text  string // since as it was sent
	nonce string
	wait  time.Duration
}

// revocations serves the feed: who asks, may it, is there news, else wait; then ask all of it again of the newest View, so
// that a caller whose own token ended while it waited is told so and nothing else.
func (s *service) revocations(w http.ResponseWriter, r *http.Request) error {
	event := web.EventOf(r.Context())
	if _, err := s.caller(event, s.View(), r); err != nil {
		return err
	}
	q, err := decode(r)
	if err != nil {
		return err
	}
	if err := s.await(r, q, event.Record.Principal.ID); err != nil {
		return err
	}
	v := s.View()
	who, err := s.caller(event, v, r)
	if err != nil {
		return err
	}
	n := s.notice(v, q, who)
	text, err := s.Mint.Notice(v, n)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/"+mint.NoticeType)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", "no-store")
	_, err = w.Write([]byte(text)) //nolint:gosec // a signed notice of a type that no browser shows
	return err
}

// caller says who asks, and that it may be told.
func (s *service) caller(event *web.Event, v *view.View, r *http.Request) (*view.Principal, error) {
	token, err := s.Authn.Bearer(v, r.Header.Values("Authorization"), Audience)
	if err != nil {
		return nil, err
	}
	event.Caller(mint.PrincipalOf(token.Owner))
	event.Record.Tenant = token.Tenant
	d := access.Tenant(v, token.Owner.Principal(), Action)
	return token.Owner.Principal(), access.Refusal(d,
		"The identity may not read the revocations of its tenant: it needs the role Lanyard Revocation Reader at /.")
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// decode reads the parameters; an unknown one is refused, because it may be a known one misspelt.
func decode(r *http.Request) (question, error) {
	query, err := web.ParseQuery(r.URL.RawQuery, web.QueryRules{MaxBytes: 1024, MaxPairs: 8})
	if err != nil {
		return question{}, err
	}
	var q question
	for _, p := range query.Pairs() {
		switch p.Name {
		case "since":
			q.text = p.Value
			q.since, err = parseCursor(p.Value)
		case "nonce":
			q.nonce = p.Value
		case "wait":
			q.wait, err = parseWait(p.Value)
		default:
			err = fault.New(fault.Invalid, BadParameter, "The feed has the parameters since, nonce and wait.")
		}
		if err != nil {
			return question{}, err
		}
	}
	if len(q.nonce) < 16 || len(q.nonce) > 64 || strings.Trim(q.nonce, letters) != "" {
		return question{}, fault.New(fault.Invalid, BadParameter, "The parameter nonce is needed: 16 to 64 letters and digits that were not used before.")
	}
	return q, nil
}

func parseWait(text string) (time.Duration, error) {
	seconds, err := strconv.Atoi(text)
	if wait := time.Duration(seconds) * time.Second; err == nil && wait >= 0 && wait <= maxWait {
		return wait, nil
	}
	return 0, fault.New(fault.Invalid, BadParameter, "The parameter wait is a number of seconds from 0 to %d.", int(maxWait/time.Second))
}

// await returns when there is something to tell the caller's tenant, when the time is over, or when the server ends.
func (s *service) await(r *http.Request, q question, caller string) error {
	if q.wait == 0 {
		return nil
	}
	leave, err := s.waiting.enter(caller)
	if err != nil {
		return err
	}
	defer leave()
	over := time.NewTimer(q.wait)
	defer over.Stop()
	tenant := web.EventOf(r.Context()).Record.Tenant
	for {
		ended := s.Ended()
		v := s.View()
		if from, full := q.since.from(v); full || news(v, from, tenant) {
			return nil
		}
		select {
		case <-ended:
		case <-over.C:
			return nil
		case <-s.Stop:
			return nil
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
}

// news tells whether anything of the tenant stands behind the mark.
func news(v *view.View, from view.Mark, tenant name.GUID) bool {
	for r := range v.RevocationsAfter(from) {
		if r.Tenant == tenant {
			return true
		}
	}
	return false
}

// notice is what the caller is told: of its own tenant, and no more than a page.
func (s *service) notice(v *view.View, q question, who *view.Principal) mint.Notice {
	from, full := q.since.from(v)
	n := mint.Notice{Tenant: who.Tenant, To: who.ObjectID, Nonce: q.nonce, Since: q.text, Full: full, Wait: q.wait}
	next := cursor{inc: v.Installation().Incarnation, mark: view.Mark{Rev: v.Rev()}}
	for r := range v.RevocationsAfter(from) {
		if r.Tenant != who.Tenant {
			continue
		}
		if len(n.Revoked) == s.page {
			n.More, next.mark = true, n.Revoked[s.page-1].Mark()
			break
		}
		n.Revoked = append(n.Revoked, r)
	}
	n.Cursor = next.String()
	return n
}
