package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Bounds of one fetch, both documents together.
const (
	Timeout  = 5 * time.Second
	MaxBytes = 1 << 20
)

// Source is an issuer and how it may be asked.
type Source struct {
	Issuer       name.IssuerURL
	Roots        *x509.CertPool // nil is the system's
	Private      bool
	HTTPLoopback bool
}

// Set is a key set as it was got.
type Set struct {
	Keys   []jose.Key
	MaxAge time.Duration // as the server says (RFC 9111 section 5.2.2.1); 0 if it does not
	etag   string
	from   string
}

// Keys gets the issuer's keys. With the set of an earlier fetch, the server may say that it is still the same one. The
// error is a fault of this package that says at which step it failed.
func Keys(ctx context.Context, src Source, earlier *Set) (*Set, error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	at, err := url.Parse(DiscoveryURL(src.Issuer))
	if err != nil {
		return nil, refused(Unreachable, "The discovery document of %s has no address.", src.Issuer).Because(err)
	}
	doc, err := src.get(ctx, "discovery document", at, "")
	if err != nil {
		return nil, err
	}
	where, err := ParseDiscovery(doc.body, src.Issuer)
	if err != nil {
		return nil, err
	}
	etag := ""
	if earlier != nil && earlier.from == where.String() {
		etag = earlier.etag
	}
	set, err := src.get(ctx, "key set", where, etag)
	if err != nil {
		return nil, err
	}
	got := &Set{MaxAge: set.maxAge, etag: set.etag, from: where.String()}
	if set.same {
		got.Keys, got.etag = earlier.Keys, earlier.etag
		return got, nil
	}
	if got.Keys, err = jose.ParseJWKS(set.body); err != nil {
		return nil, refused(KeysRefused, "The key set of %s cannot be used: %v.", src.Issuer, err).Because(err)
	}
	return got, nil
}

// answer is what a server said.
type answer struct {
	body   []byte
	same   bool // 304: what the etag stands for
	etag   string
	maxAge time.Duration
}

// get asks one URL. Each request has a connection of its own: nothing of one issuer's connections serves another.
func (src Source) get(ctx context.Context, what string, at *url.URL, etag string) (answer, error) {
	reach, err := src.reach(at)
	if err != nil {
		return answer{}, refused(AddressRefused, "The %s of %s is not asked for: %v.", what, src.Issuer, err)
	}
	client := &http.Client{Transport: src.transport(reach), CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return answer{}, refused(Unreachable, "The %s of %s cannot be asked for.", what, src.Issuer).Because(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "lanyard")
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, src.unreachable(what, err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	switch {
	case etag != "" && res.StatusCode == http.StatusNotModified:
		return answer{same: true, maxAge: maxAge(res.Header)}, nil
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return answer{}, refused(Redirected, "The %s of %s is redirected (status %d), which is not followed.", what, src.Issuer, res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return answer{}, refused(Unreachable, "The %s of %s was asked for and answered with status %d.", what, src.Issuer, res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxBytes+1))
	switch {
	case err != nil:
		return answer{}, src.unreachable(what, err)
	case len(body) > MaxBytes:
		return answer{}, refused(TooLarge, "The %s of %s is larger than %d bytes.", what, src.Issuer, MaxBytes)
	}
	return answer{body: body, etag: res.Header.Get("ETag"), maxAge: maxAge(res.Header)}, nil
}

// reach says how far a request for the URL may reach: plain HTTP only to loopback, and only where that is meant.
func (src Source) reach(at *url.URL) (Reach, error) {
	switch {
	case at.Scheme == "http" && !src.HTTPLoopback:
		return Public, errors.New("it is plain HTTP")
	case at.Scheme == "http":
		return Loopback, nil
	case src.Private:
		return Private, nil
	}
	return Public, nil
}

// refusedAddress is how the dialler tells that an address was not dialled.
type refusedAddress struct{ error }

func (src Source) transport(reach Reach) *http.Transport {
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error { // after the name was resolved, before connect
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return refusedAddress{fmt.Errorf("%s is no address", address)}
		}
		if err := reach.allow(at.Addr()); err != nil {
			return refusedAddress{err}
		}
		return nil
	}}
	return &http.Transport{
		DialContext:       dialer.DialContext,
		TLSClientConfig:   &tls.Config{RootCAs: src.Roots, MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10,
	}
}

// unreachable names what went wrong in words that are safe to show: no address of an inner network among them.
func (src Source) unreachable(what string, err error) error {
	if why, ok := errors.AsType[refusedAddress](err); ok {
		return refused(AddressRefused, "The %s of %s is not asked for: its server has an address that is not allowed.", what, src.Issuer).
			Because(why)
	}
	step := "the connection failed"
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isCert := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		step = "no answer came within " + Timeout.String()
	case isDNS && dns.IsNotFound:
		step = "its name is not known"
	case isDNS:
		step = "its name could not be looked up"
	case isCert:
		step = "its certificate is not trusted"
	}
	return refused(Unreachable, "The %s of %s cannot be had: %s.", what, src.Issuer, step).Because(err)
}

// maxAge reads how long an answer may be kept; 0 when the server does not say.
func maxAge(h http.Header) time.Duration {
	for part := range strings.SplitSeq(h.Get("Cache-Control"), ",") {
		if text, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(part)), "max-age="); ok {
			if n, err := strconv.ParseUint(text, 10, 31); err == nil {
				return time.Duration(n) * time.Second
			}
		}
	}
	return 0
}
