package keyvault

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// maxPage is the longest page, and the page of whoever says nothing (Key Vault, Get Secrets).
const maxPage = 25

// page is one page of a listing being made.
type page struct {
	after string // the last name of the page before
	limit int
	items []any
	last  string // the last name of this page
	more  bool
}

// listing is a page as answers show it.
type listing struct {
	Value    []any   `json:"value"`
	NextLink *string `json:"nextLink"`
}

// page reads which part of the listing is wanted.
func (c *call) page() (*page, error) {
	p := &page{limit: maxPage, items: []any{}}
	bad := func(param string) error {
		return fault.New(fault.Invalid, web.BadQuery, "The value of the query parameter %s is not valid.", param)
	}
	if text, given := c.target.query.Get("maxresults"); given {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			return nil, bad("maxresults")
		}
		p.limit = n
	}
	token, given := c.target.query.Get("$skiptoken")
	if !given {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	after, ok := strings.CutPrefix(string(text), c.listed())
	if err != nil || !ok || after == "" {
		return nil, bad("$skiptoken")
	}
	p.after = after
	return p, nil
}

// listed names what is listed: a token goes on in the same listing of the same vault only.
func (c *call) listed() string {
	return c.vault.UID.String() + " " + strings.ToLower(strings.Join(c.target.path, "/")) + " "
}

// add takes up one more, and is false if the page is full and this one is for the next.
func (p *page) add(name string, item any) bool {
	if len(p.items) == p.limit {
		p.more = true
		return false
	}
	p.items, p.last = append(p.items, item), name
	return true
}

// listing is the page, with the way to the next if there is one: at the address by which the caller came.
func (p *page) listing(c *call) listing {
	if !p.more {
		return listing{Value: p.items}
	}
	version, _ := c.target.query.Get("api-version")
	query := url.Values{
		"api-version": {version}, "maxresults": {strconv.Itoa(p.limit)},
		"$skiptoken": {base64.RawURLEncoding.EncodeToString([]byte(c.listed() + p.last))},
	}
	next := c.target.base + "/" + strings.Join(c.target.path, "/") + "?" + query.Encode()
	return listing{Value: p.items, NextLink: &next}
}
