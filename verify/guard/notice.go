package guard

import (
	"context"
	"math"

	"github.com/lanyard-id/lanyard/verify"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// noticeType is the typ of the feed's answers. No token has it.
const noticeType = "lanyard-revocations+jwt"

// question is what an answer must be to.
type question struct{ nonce, since string }

// notice is an answer of the feed whose signature held.
type notice struct {
	inc, cursor string
	full, more  bool
	revoked     []revoked
}

type revoked struct {
	oid string
	ended
}

// maxRevoked bounds one answer.
const maxRevoked = 10_000

// read verifies an answer: signed by the issuer as an answer of the feed, of the tenant, and to this very question.
func (g *Guard) read(ctx context.Context, text string, q question) (notice, error) {
	parsed, err := verify.ParseAs(text, fetchBytes, noticeType)
	if err != nil {
		return notice{}, bad("it is not a signed answer of the feed", err)
	}
	key, err := g.key(ctx, parsed.KeyID(), parsed.Algorithm())
	if err != nil {
		return notice{}, err
	}
	o, err := parsed.Payload(key, algorithms()...)
	if err != nil {
		return notice{}, bad("its signature does not hold", err)
	}
	issuer, _ := textOf(o, "iss")
	if err := g.ours(issuer); err != nil {
		return notice{}, bad("it comes from another issuer", err)
	}
	for _, same := range []struct{ name, want string }{{"tid", g.config.Tenant}, {"nonce", q.nonce}, {"since", q.since}} {
		if have, ok := textOf(o, same.name); !ok || have != same.want {
			return notice{}, bad("it answers another question: "+same.name+" differs", nil)
		}
	}
	return readNotice(o)
}

func readNotice(o strictjson.Object) (n notice, err error) {
	var ok [4]bool
	n.inc, ok[0] = textOf(o, "inc")
	n.cursor, ok[1] = textOf(o, "cursor")
	full, _ := o.Get("full")
	more, _ := o.Get("more")
	n.full, ok[2] = full.Bool()
	n.more, ok[3] = more.Bool()
	list, _ := o.Get("revoked")
	entries, isList := list.Elements()
	if ok != [4]bool{true, true, true, true} || !isList || len(entries) > maxRevoked || n.inc == "" || n.cursor == "" {
		return notice{}, bad("a member is missing or of another type", nil)
	}
	for _, entry := range entries {
		e, ok := readRevoked(entry)
		if !ok {
			return notice{}, bad("an entry is not well formed", nil)
		}
		n.revoked = append(n.revoked, e)
	}
	return n, nil
}

// readRevoked reads one entry. One that says nothing is refused: it may say something that is not understood here.
func readRevoked(v strictjson.Value) (r revoked, ok bool) {
	o, ok := v.Object()
	if !ok {
		return r, false
	}
	if r.oid, ok = textOf(o, "oid"); !ok || r.oid == "" {
		return r, false
	}
	if gone, found := o.Get("gone"); found {
		if r.gone, ok = gone.Bool(); !ok {
			return r, false
		}
	}
	if before, found := o.Get("before"); found {
		number, ok := before.Float()
		if !ok || number < 0 || number > 1<<53 || number != math.Trunc(number) {
			return r, false
		}
		r.before = int64(number)
	}
	return r, r.gone || r.before > 0
}

// textOf is a member that is a string.
func textOf(o strictjson.Object, name string) (string, bool) {
	v, _ := o.Get(name)
	return v.Text()
}

func bad(why string, cause error) error {
	return &verify.Error{Reason: BadAnswer, Detail: "the feed's answer cannot be believed: " + why, Err: cause}
}
