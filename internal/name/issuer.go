package name

import (
	"fmt"
	"net/url"
	"strings"
)

// MaxIssuer bounds an issuer URL in bytes.
const MaxIssuer = 600

// IssuerURL is the exact text of an OIDC issuer. It is compared byte for byte: a trailing slash is significant
// (https://sts.windows.net/{tenant}/ is not the same issuer without it).
type IssuerURL struct{ s string }

// ParseIssuerURL accepts https URLs without user info, query, fragment or oddities that two parsers could read in two
// ways (threat H06). Plain http is accepted on loopback only; whoever uses it must have been told to by configuration.
func ParseIssuerURL(s string) (IssuerURL, error) {
	bad := func(why string) error { return fmt.Errorf("issuer %q: %s", s, why) }
	if len(s) > MaxIssuer {
		return IssuerURL{}, fmt.Errorf("issuer longer than %d bytes", MaxIssuer)
	}
	for _, r := range s {
		if r <= 0x20 || r >= 0x7f || strings.ContainsRune(`\%?#@`, r) {
			return IssuerURL{}, bad("has a character that is not allowed in an issuer")
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.String() != s {
		return IssuerURL{}, bad("is not a URL in its plain form")
	}
	host := u.Hostname()
	loopback := host == "127.0.0.1" || host == "localhost" || host == "::1"
	switch {
	case host == "" || strings.HasSuffix(host, "."):
		return IssuerURL{}, bad("has no host, or one that ends in a dot")
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback:
	default:
		return IssuerURL{}, bad("must be https (http on loopback only)")
	}
	for seg := range strings.SplitSeq(strings.Trim(u.Path, "/"), "/") {
		if seg == "." || seg == ".." {
			return IssuerURL{}, bad("has a dot segment")
		}
	}
	return IssuerURL{s}, nil
}

// String is the exact text.
func (i IssuerURL) String() string { return i.s }

// IsZero tells "no issuer".
func (i IssuerURL) IsZero() bool { return i.s == "" }

// WithoutScheme is the form used in OIDC provider ARNs and condition keys; a trailing slash stays.
func (i IssuerURL) WithoutScheme() string {
	_, rest, _ := strings.Cut(i.s, "://")
	return rest
}

// MarshalText writes the exact text.
func (i IssuerURL) MarshalText() ([]byte, error) { return []byte(i.s), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (i *IssuerURL) UnmarshalText(b []byte) error { return unmarshalText(i, b, ParseIssuerURL) }
