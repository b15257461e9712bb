package kit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jsonwrite"
	"github.com/lanyard-id/lanyard/internal/web"
)

func notMet(text string) error { return fault.New(fault.Precondition, web.ConditionNotMet, "%s", text) }

// pageSize is how many items a page has at most, as at ARM.
const pageSize = 1000

// Item is one entry of a list with its place in the list's order. It is written before the next one is asked for: where
// there are many, one Appender serves for all.
type Item struct {
	Key  string
	Body any
}

// pageText is a list's answer as it is written.
type pageText struct{ text []byte }

// maxKept bounds what stays for the next page.
const maxKept = 2 << 20

// newPage takes the room of an earlier page. A page of many entries is a megabyte, and nearly all that its request makes.
func (k *Kit) newPage() *pageText {
	if p, ok := k.pages.Get().(*pageText); ok {
		p.text = p.text[:0]
		return p
	}
	return new(pageText)
}

// giveBack keeps the room of an answer that was written.
func (k *Kit) giveBack(a Answer) {
	if p, ok := a.Body.(*pageText); ok && cap(p.text) <= maxKept {
		k.pages.Put(p)
	}
}

// add writes an entry.
func (p *pageText) add(body any) error {
	if own, ok := body.(Appender); ok {
		p.text = own.AppendJSON(p.text)
		return nil
	}
	b := bytes.NewBuffer(p.text)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(body)
	p.text = bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
	return err
}

// List answers with one page. from yields in order what comes after a key; the caller's rights on each entry are its
// business, and are looked at again on every page.
func List(c *Call, from func(after string, yield func(Item) bool)) (Answer, error) {
	most, after, err := c.page()
	if err != nil {
		return Answer{}, err
	}
	out, n, last, next := c.kit.newPage(), 0, "", ""
	out.text = append(out.text, `{"value":[`...)
	for item := range func(yield func(Item) bool) { from(after, yield) } {
		if n == most {
			next = c.nextLink(last)
			break
		}
		if n++; n > 1 {
			out.text = append(out.text, ',')
		}
		if err := out.add(item.Body); err != nil {
			return Answer{}, err
		}
		last = item.Key
	}
	out.text = append(out.text, ']')
	if next != "" {
		out.text = jsonwrite.AppendText(append(out.text, `,"nextLink":`...), next)
	}
	out.text = append(out.text, "}\n"...)
	return OK(out, 0), nil
}

// WithTotal adds to a list's answer how many entries all pages have together.
func (a Answer) WithTotal(n int) Answer {
	if p, ok := a.Body.(*pageText); ok {
		p.text = strconv.AppendInt(append(bytes.TrimSuffix(p.text, []byte("}\n")), `,"totalCount":`...), int64(n), 10)
		p.text = append(p.text, "}\n"...)
	}
	return a
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
