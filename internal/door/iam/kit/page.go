package kit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// BadMarker means that the marker does not belong to this list of this caller.
const BadMarker fault.Reason = "iam.bad_marker"

// Paged are the parameters of every list that comes in pages.
func Paged(more ...string) []string { return append(more, "Marker", "MaxItems") }

// Item is one entry of a list with its place in the list's order.
type Item struct {
	Key   string
	List  string             // which of several lists it is in; empty where there is one
	Write func(*awswire.XML) // what is inside the member
}

// Place is where something with a name stands in a list: by that name, whatever its path and its capital letters.
func Place(called string, arn name.ARN) string { return strings.ToLower(called) + " " + arn.String() }

// macSize is how much of the signature stands in a marker.
const macSize = 16

// List answers with one page of the items, ordered by their keys, under the element called.
func (c *Call) List(called string, items []Item) (Result, error) {
	for i := range items {
		items[i].List = called
	}
	return c.Lists([]string{called}, items)
}

// ListAttached answers with a page of the managed policies of somebody, below the path that the request names.
func (c *Call) ListAttached(prefix string, managed []name.ARN) (Result, error) {
	var items []Item
	for _, arn := range managed {
		if p, ok := c.View.Policy(arn); ok && strings.HasPrefix(p.Path, prefix) {
			items = append(items, Item{Key: Place(p.Name, arn), Write: func(x *awswire.XML) {
				x.Text("PolicyName", p.Name)
				x.Text("PolicyArn", arn.String())
			}})
		}
	}
	return c.List("AttachedPolicies", items)
}

// ListInline answers with a page of the names of inline policies.
func (c *Call) ListInline(inline map[string]string) (Result, error) {
	var items []Item
	for called := range inline {
		items = append(items, Item{Key: called, Write: func(x *awswire.XML) { x.Data(called) }})
	}
	return c.List("PolicyNames", items)
}

// Lists answers with one page of the items, ordered by their keys, each under the element that it names.
func (c *Call) Lists(called []string, items []Item) (Result, error) {
	most := 100 // IAM API Reference: the default of MaxItems
	if text, ok := c.Form.Get("MaxItems"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1000 {
			return nil, query.Constraint(text, "maxItems", "have value between 1 and 1000")
		}
		most = n
	}
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(a.Key, b.Key) })
	if marker, ok := c.Form.Get("Marker"); ok {
		after, ok := c.open(marker)
		if !ok {
			return nil, fault.New(fault.Invalid, BadMarker, "The marker does not belong to this list. Ask for its first page again.")
		}
		items = slices.DeleteFunc(items, func(i Item) bool { return i.Key <= after })
	}
	next := ""
	if len(items) > most {
		items = items[:most]
		next = c.sign(items[most-1].Key)
	}
	return func(x *awswire.XML) {
		for _, list := range called {
			x.Begin(list)
			for _, item := range items {
				if item.List == list {
					x.Begin("member")
					item.Write(x)
					x.End()
				}
			}
			x.End()
		}
		x.Bool("IsTruncated", next != "")
		if next != "" {
			x.Text("Marker", next)
		}
	}, nil
}

// A marker is a key and a signature over it together with the caller, the action and every other parameter: it opens no
// other list, and nobody can make one up.

func (c *Call) sign(key string) string {
	return base64.RawURLEncoding.EncodeToString(append(c.mac(key), key...))
}

func (c *Call) open(marker string) (key string, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(marker)
	if err != nil || len(b) < macSize {
		return "", false
	}
	key = string(b[macSize:])
	return key, hmac.Equal(b[:macSize], c.mac(key))
}

func (c *Call) mac(key string) []byte {
	bound := []string{c.Session.UserID(), c.Account().String(), key, c.Form.Text("Marker", "MaxItems")}
	h := hmac.New(sha256.New, c.kit.seal[:])
	for _, part := range bound {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return h.Sum(nil)[:macSize]
}
