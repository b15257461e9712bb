package keyvault

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Why a request is not one of the operations that are offered.
const (
	// BadPath means that the path is not made of plain names in well-formed percent-encoding.
	BadPath fault.Reason = "keyvault.bad_path"
	// VaultNotFound means that the host, or the path at the listener's own address, names no vault that exists.
	VaultNotFound fault.Reason = "keyvault.vault_not_found"
	// BadVersion means that api-version is missing or not one that Key Vault ever had.
	BadVersion fault.Reason = "keyvault.bad_api_version"
	// OtherOperation means that the request is an operation of Key Vault that is not offered.
	OtherOperation fault.Reason = "keyvault.operation_unsupported"
	// OtherParameter means that a query parameter is not understood by the operation.
	OtherParameter fault.Reason = "keyvault.unsupported_parameter"
)

// target is what a request names.
type target struct {
	vault    string
	path     []string // below the vault
	base     string   // how the caller reaches the vault: scheme, host and, at the listener's own address, the vault's name
	query    web.Query
	name     string // of a secret; empty where the operation names none
	version  string // of a secret; empty is the newest
	pathName bool   // the vault stands in the path
}

// parseTarget reads host, path and query. The host decides alone how the path is read, so that no path has two meanings:
// https://{vault}.{domain}/secrets/…, or at the listener's own address https://{address}/{vault}/secrets/….
func parseTarget(v *view.View, r *http.Request) (target, error) {
	segs, _, ok := web.Segments(r)
	if !ok {
		return target{}, fault.New(fault.Invalid, BadPath, "The request URI is not one of Key Vault's.")
	}
	query, err := web.ParseQuery(r.URL.RawQuery, web.QueryRules{Fold: true})
	if err != nil {
		return target{}, err
	}
	t := target{path: segs, query: query}
	urls := v.Installation().URLs
	host := hostOf(r.Host)
	if vault, ok := strings.CutSuffix(host, "."+hostOf(hostIn(urls["keyvault"]))); ok && vault != "" && !strings.Contains(vault, ".") {
		t.vault, t.base = vault, "https://"+r.Host
		return t, nil
	}
	if host != ownAddress(urls) || len(segs) == 0 {
		return target{}, fault.New(fault.NotFound, VaultNotFound, "This host names no vault.")
	}
	t.vault, t.path, t.pathName = segs[0], segs[1:], true
	t.base = "https://" + r.Host + "/" + url.PathEscape(segs[0])
	return t, nil
}

// hostOf is a host and port as they are compared: names ignore case, and 443 need not be said.
func hostOf(hostport string) string { return strings.TrimSuffix(strings.ToLower(hostport), ":443") }

func hostIn(text string) string {
	_, hostport, _ := strings.Cut(text, "://")
	return hostport
}

// ownAddress is host and port of this door's listener: the host of all listeners, and the port in the vaults' domain.
func ownAddress(urls map[string]string) string {
	host, _, err := net.SplitHostPort(hostIn(urls["entra"]))
	_, port, err2 := net.SplitHostPort(hostIn(urls["keyvault"]))
	if err != nil || err2 != nil {
		return ""
	}
	return hostOf(net.JoinHostPort(host, port))
}

// versions are those that Key Vault has had: 2016-10-01, 7.0 and its followers, and dates since 2025.
var versions = regexp.MustCompile(`^(7\.[0-9]{1,2}|20[0-9]{2}-[01][0-9]-[0-3][0-9])(-preview(\.[0-9]{1,2})?)?$`)

// operation finds the line of the table that the request is, and fills in the names that its path has.
func (t *target) operation(method string) (operation, error) {
	for _, op := range operations() {
		if op.method != method || !t.matches(op.pattern) {
			continue
		}
		if version, _ := t.query.Get("api-version"); !versions.MatchString(version) {
			return op, fault.New(fault.Invalid, BadVersion, "The parameter api-version must name a version of Key Vault, such as 7.4.")
		}
		for _, p := range t.query.Pairs() {
			if param := strings.ToLower(p.Name); param != "api-version" && !slices.Contains(op.takes, param) {
				return op, fault.New(fault.Invalid, OtherParameter, "%s does not take all of these query parameters.", op.name)
			}
		}
		return op, nil
	}
	if len(t.path) == 0 || !slices.Contains(collections(), t.path[0]) {
		return operation{}, fault.New(fault.NotFound, web.NoRoute, "Key Vault has nothing under this path.")
	}
	return operation{}, fault.New(fault.Unsupported, OtherOperation,
		"This operation of Key Vault is not offered here: there are secrets, without backup and restore, and no keys and no certificates.")
}

// collections are what Key Vault has, offered or not.
func collections() []string {
	return []string{
		"secrets", "deletedsecrets", "keys", "deletedkeys", "certificates", "deletedcertificates", "storage", "deletedstorage", "rng",
	}
}

// matches compares the path with a pattern and takes the names out of it.
func (t *target) matches(pattern string) bool {
	want := strings.Split(pattern[1:], "/")
	if len(want) != len(t.path) {
		return false
	}
	var secret, version string
	for i, seg := range t.path {
		switch want[i] {
		case "{name}":
			secret = seg
		case "{version}":
			version = seg
		case seg:
		default:
			return false
		}
	}
	t.name, t.version = secret, version
	return true
}
