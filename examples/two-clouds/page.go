package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// site is what the Functions host reaches.
type site struct {
	clouds *clouds
	page   *template.Template
	policy string // what a browser may do with the page: load nothing, run nothing
}

// newSite reads the page. Its one style sheet is named to browsers by its hash.
func newSite(c *clouds) *site {
	sum := sha256.Sum256([]byte(pageStyle))
	return &site{
		clouds: c,
		page: template.Must(template.New("page").Funcs(template.FuncMap{
			"bytes": readableBytes,
			"utc":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
			"style": func() template.CSS { return template.CSS(pageStyle) }, //nolint:gosec // our own file
		}).Parse(pageText)),
		policy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'",
	}
}

// servePage shows both listings. It answers 502 if a store did not open, with the reason on the page.
func (s *site) servePage(w http.ResponseWriter, r *http.Request) {
	listings := s.clouds.list(r.Context())
	var out bytes.Buffer
	if err := s.page.Execute(&out, map[string]any{"Listings": listings, "Now": time.Now()}); err != nil {
		http.Error(w, "the page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	send(w, statusOf(listings), out.Bytes())
}

// serveObjects gives the same as JSON.
func (s *site) serveObjects(w http.ResponseWriter, r *http.Request) {
	listings := s.clouds.list(r.Context())
	writeJSON(w, statusOf(listings), map[string][]Listing{"listings": listings})
}

// statusOf is 200 when every store opened, and 502 when one behind us did not.
func statusOf(listings []Listing) int {
	for _, l := range listings {
		if l.Refusal != nil {
			return http.StatusBadGateway
		}
	}
	return http.StatusOK
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, "the answer cannot be written as JSON: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	send(w, status, append(out, '\n'))
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader who has gone reads nothing
}

// readableBytes writes a size for people.
func readableBytes(n int64) string {
	size, unit := float64(n), 0
	for ; size >= 1024 && unit < 4; unit++ {
		size /= 1024
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %ciB", size, "KMGT"[unit-1])
}
