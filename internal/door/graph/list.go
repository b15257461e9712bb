package graph

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// page is a list as Graph writes it.
type page struct {
	Context string `json:"@odata.context"`
	Count   *int   `json:"@odata.count,omitempty"`
	Next    string `json:"@odata.nextLink,omitempty"`
	Value   []any  `json:"value"`
}

// Sizes of pages.
const (
	usualPage = 100
	maxPage   = 999
)

// row is one thing of a list, not yet written.
type row struct {
	id     string
	values func(property string) []string // for $filter
	body   func() any
}

// list answers the rows that $filter asks for, in the order of their ids, $top at a time. filterable are the properties
// that may be asked for.
func (c *call) list(set string, rows []row, filterable ...string) (answer, error) {
	for _, p := range c.query.Pairs() {
		if !slices.Contains([]string{"$filter", "$top", "$skiptoken", "$select", "$count"}, p.Name) {
			return answer{}, unsupported("The query parameter '%.40s' is not offered here.", p.Name)
		}
	}
	text, _ := c.query.Get("$filter")
	filter, err := azwire.ParseGraphFilter(text)
	if err != nil {
		return answer{}, err
	}
	for _, p := range filter.Properties() {
		if !slices.Contains(filterable, p) {
			return answer{}, unsupported("Unsupported or invalid query filter clause specified for property '%.60s'.", p)
		}
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return !filter.Match(r.values) })
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.id, b.id) })
	out := page{Context: c.context(set), Value: []any{}}
	if n := len(rows); c.flag("$count") {
		out.Count = &n
	}
	after, top, err := c.place(text)
	if err != nil {
		return answer{}, err
	}
	at, exact := slices.BinarySearchFunc(rows, after, func(r row, id string) int { return strings.Compare(r.id, id) })
	if exact {
		at++
	}
	rows = rows[at:]
	if len(rows) > top {
		rows = rows[:top]
		out.Next = c.next(text, top, rows[top-1].id)
	}
	for _, r := range rows {
		body, err := c.selected(r.body())
		if err != nil {
			return answer{}, err
		}
		out.Value = append(out.Value, body)
	}
	return answer{http.StatusOK, out}, nil
}

func (c *call) flag(called string) bool {
	v, _ := c.query.Get(called)
	return v == "true"
}

// place says where the page begins and how long it is.
func (c *call) place(filter string) (after string, top int, err error) {
	top = usualPage
	if text, ok := c.query.Get("$top"); ok {
		if top, err = strconv.Atoi(text); err != nil || top < 1 || top > maxPage {
			return "", 0, unsupported("Invalid page size specified: '%.20s'. Must be between 1 and %d inclusive.", text, maxPage)
		}
	}
	token, ok := c.query.Get("$skiptoken")
	if !ok {
		return "", top, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	mark, after, cut := strings.Cut(string(raw), " ")
	if _, bad := name.ParseGUID(after); err != nil || !cut || bad != nil || mark != c.mark(filter) { // every thing has a GUID
		return "", 0, fault.New(fault.Invalid, BadPageToken, "The specified page token value has expired or is not of this query.")
	}
	return after, top, nil
}

// mark names the query that a page token belongs to, and its tenant.
func (c *call) mark(filter string) string {
	sum := sha256.Sum256([]byte(c.token.Tenant.String() + "\x00" + c.r.URL.Path + "\x00" + filter))
	return hex.EncodeToString(sum[:8])
}

func (c *call) next(filter string, top int, last string) string {
	q := url.Values{"$top": {strconv.Itoa(top)}, "$skiptoken": {base64.RawURLEncoding.EncodeToString([]byte(c.mark(filter) + " " + last))}}
	for _, called := range []string{"$filter", "$select"} {
		if v, ok := c.query.Get(called); ok {
			q.Set(called, v)
		}
	}
	at, _ := strings.CutSuffix(base(c.v.Installation()), "/graph")
	return at + c.r.URL.EscapedPath() + "?" + q.Encode()
}

// one answers a single thing.
func (c *call) one(body any) (answer, error) {
	for _, p := range c.query.Pairs() {
		if p.Name != "$select" {
			return answer{}, unsupported("The query parameter '%.40s' is not offered here.", p.Name)
		}
	}
	body, err := c.selected(body)
	return answer{http.StatusOK, body}, err
}

// selected keeps the properties that $select asks for, and those about the answer itself.
func (c *call) selected(body any) (any, error) {
	text, ok := c.query.Get("$select")
	if !ok {
		return body, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	names := strings.Split(text, ",")
	for property := range all {
		if !strings.HasPrefix(property, "@") && !slices.Contains(names, property) {
			delete(all, property)
		}
	}
	return all, nil
}

func unsupported(format string, args ...any) error {
	return fault.New(fault.Unsupported, UnsupportedQuery, format, args...)
}
