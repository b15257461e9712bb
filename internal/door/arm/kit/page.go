package kit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

func notMet(text string) error { return fault.New(fault.Precondition, web.ConditionNotMet, "%s", text) }

// pageSize is how many items a page has at most, as at ARM.
const pageSize = 1000

// Item is one entry of a list with its place in the list's order.
type Item struct {
	Key  string
	Body any
}

// page is a list's answer.
type page struct {
	Value    []any  `json:"value"`
	NextLink string `json:"nextLink,omitempty"`
}

// List answers with one page. from yields in order what comes after a key; the caller's rights on each entry are its
// business, and are looked at again on every page.
func List(c *Call, from func(after string) iter.Seq[Item]) (Answer, error) {
	most, after, err := c.page()
	if err != nil {
		return Answer{}, err
	}
	out, last := page{Value: []any{}}, ""
	for item := range from(after) {
		if len(out.Value) == most {
			out.NextLink = c.nextLink(last)
			break
		}
		out.Value = append(out.Value, item.Body)
		last = item.Key
	}
	return OK(out, 0), nil
}

// page reads $top and $skiptoken.
func (c *Call) page() (most int, after string, err error) {
	most = pageSize
	if text, ok := c.Query("$top"); ok {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil || n == 0 {
			return 0, "", invalid(BadParameter, "The value '%s' of $top is not a number from 1 on.", Shown(text))
		}
		most = min(int(n), pageSize)
	}
	if text, ok := c.Query("$skiptoken"); ok {
		key, ok := c.unsealPage(text)
		if !ok {
			return 0, "", invalid(BadPageToken, "The provided $skiptoken is not valid for this request. Ask for the first page again.")
		}
		after = key
	}
	return most, after, nil
}

// nextLink is the request itself, going on behind a key.
func (c *Call) nextLink(last string) string {
	query := url.Values{}
	for _, p := range c.query.Pairs() {
		if !strings.EqualFold(p.Name, "$skiptoken") {
			query.Add(p.Name, p.Value)
		}
	}
	query.Set("$skiptoken", c.sealPage(last))
	return c.View.Installation().URLs["arm"] + c.r.URL.EscapedPath() + "?" + query.Encode()
}

// A page token is a key and a signature over it together with the caller, the path and every other parameter: it opens no
// other list, and says nothing for anybody else.

func (c *Call) sealPage(key string) string { return c.kit.sign(c.listed(), key) }

func (c *Call) unsealPage(token string) (string, bool) { return c.kit.open(c.listed(), token) }

// listed is what a page token is bound to.
func (c *Call) listed() []string {
	bound := []string{"page", c.Principal().ObjectID.String(), strings.ToLower(c.r.URL.EscapedPath())}
	var params []string
	for _, p := range c.query.Pairs() {
		if !strings.EqualFold(p.Name, "$skiptoken") {
			params = append(params, strings.ToLower(p.Name)+"="+p.Value)
		}
	}
	slices.Sort(params)
	return append(bound, params...)
}

// sign writes a text with a signature over it and what it is bound to.
func (k *Kit) sign(bound []string, text string) string {
	return base64.RawURLEncoding.EncodeToString(append(k.mac(bound, text), text...))
}

// open gives back what sign wrote, if it is bound to the same.
func (k *Kit) open(bound []string, token string) (text string, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < sha256.Size {
		return "", false
	}
	text = string(b[sha256.Size:])
	return text, hmac.Equal(b[:sha256.Size], k.mac(bound, text))
}

func (k *Kit) mac(bound []string, text string) []byte {
	h := hmac.New(sha256.New, k.seal[:])
	for _, part := range append(slices.Clip(bound), text) {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return h.Sum(nil)
}

// Handle names a long operation to the caller who began it; nobody else can ask about it, and none can be made up.
func (c *Call) Handle(about string) string { return c.kit.sign(c.mine(), about) }

// Handled gives what a handle is about.
func (c *Call) Handled(handle string) (about string, ok bool) { return c.kit.open(c.mine(), handle) }

func (c *Call) mine() []string {
	id, _ := c.Scope.Subscription()
	return []string{"operation", c.Principal().ObjectID.String(), id.String()}
}
